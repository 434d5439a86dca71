from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recognizer', '0008_find_submissions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Summary',
            fields=[
                ('name', models.CharField(help_text='A day as YYYY-MM-DD, or “reviewed”.', max_length=16, primary_key=True, serialize=False)),
                ('figures', models.JSONField(default=dict)),
                ('counted_at', models.DateTimeField()),
            ],
            options={
                'verbose_name_plural': 'summaries',
            },
        ),
    ]
