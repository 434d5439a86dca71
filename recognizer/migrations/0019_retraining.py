import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recognizer', '0018_deployment'),
    ]

    operations = [
        migrations.CreateModel(
            name='Retraining',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('running', 'Running'), ('done', 'Done'), ('failed', 'Failed')], default='running', max_length=8, verbose_name='state')),
                ('progress', models.CharField(blank=True, max_length=255, verbose_name='progress')),
                ('by', models.CharField(blank=True, max_length=150, verbose_name='by')),
                ('began_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='from')),
                ('heard_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='last heard of')),
                ('candidate', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='recognizer.modelversion')),
            ],
            options={
                'verbose_name': 'retraining',
                'verbose_name_plural': 'retrainings',
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'running')), fields=('state',), name='retraining_one_at_a_time'), models.CheckConstraint(condition=models.Q(('state__in', ['running', 'done', 'failed'])), name='retraining_state')],
            },
        ),
    ]
