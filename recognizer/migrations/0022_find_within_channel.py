from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recognizer', '0021_webhook'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(condition=models.Q(('refusal', ''), _negated=True), fields=['channel', '-created_at'], name='submission_channel_refused'),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(condition=models.Q(('label__isnull', False)), fields=['channel', '-created_at'], name='submission_channel_label'),
        ),
    ]
