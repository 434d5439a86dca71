from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recognizer', '0012_list_by_client'),
    ]

    operations = [
        migrations.AddField(
            model_name='submission',
            name='answer',
            field=models.CharField(blank=True, default='', editable=False, max_length=255, verbose_name='read'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='submission',
            name='refusal',
            field=models.CharField(blank=True, default='', editable=False, max_length=16, verbose_name='refused'),
            preserve_default=False,
        ),
    ]
