import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recognizer', '0016_find_by_answer'),
    ]

    operations = [
        migrations.CreateModel(
            name='ModelVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.CharField(max_length=64, unique=True, verbose_name='version')),
                ('sha256', models.CharField(max_length=64, unique=True, verbose_name='hash')),
                ('architecture', models.CharField(max_length=32, verbose_name='architecture')),
                ('preprocessing_version', models.CharField(max_length=16, verbose_name='preprocessing version')),
                ('source', models.CharField(choices=[('shipped', 'Shipped'), ('retrained', 'Retrained'), ('file', 'From a file')], max_length=16, verbose_name='source')),
                ('card', models.JSONField(help_text="All that the file's card says: data, metrics, thresholds.", verbose_name='card')),
                ('gate', models.JSONField(blank=True, null=True, verbose_name='comparison with the live version')),
                ('registered_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='registered')),
            ],
            options={
                'verbose_name': 'model version',
                'verbose_name_plural': 'model versions',
                'ordering': ['-registered_at', '-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('source__in', ['shipped', 'retrained', 'file'])), name='model_version_source')],
            },
        ),
    ]
