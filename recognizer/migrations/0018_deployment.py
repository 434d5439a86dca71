import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recognizer', '0017_model_version'),
    ]

    operations = [
        migrations.CreateModel(
            name='Deployment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('live', 'Live'), ('shadow', 'Shadow')], max_length=8, verbose_name='role')),
                ('action', models.CharField(choices=[('adopted', 'Shipped with the software'), ('promoted', 'Promoted'), ('rolled_back', 'Rolled back to'), ('shadowed', 'Reads along')], max_length=16, verbose_name='action')),
                ('by', models.CharField(blank=True, help_text='Empty: the software itself.', max_length=150, verbose_name='by')),
                ('reason', models.CharField(blank=True, max_length=255, verbose_name='reason')),
                ('began_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='from')),
                ('ended_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='to')),
                ('model_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deployments', to='recognizer.modelversion')),
            ],
            options={
                'verbose_name': 'deployment',
                'verbose_name_plural': 'deployments',
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('role',), name='deployment_one_a_role'), models.CheckConstraint(condition=models.Q(('role__in', ['live', 'shadow'])), name='deployment_role'), models.CheckConstraint(condition=models.Q(('action__in', ['adopted', 'promoted', 'rolled_back', 'shadowed'])), name='deployment_action'), models.CheckConstraint(condition=models.Q(('ended_at', None), ('ended_at__gte', models.F('began_at')), _connector='OR'), name='deployment_ends_after_it_began')],
            },
        ),
    ]
