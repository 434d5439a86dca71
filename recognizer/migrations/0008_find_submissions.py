from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recognizer', '0007_reviewers_group'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='feedback',
            index=models.Index(condition=models.Q(('client', ''), _negated=True), fields=['client'], name='feedback_client'),
        ),
        migrations.AddIndex(
            model_name='prediction',
            index=models.Index(fields=['text'], name='prediction_text'),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(fields=['channel', '-created_at'], name='submission_channel_newest'),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(condition=models.Q(('status', 'failed')), fields=['-created_at'], name='submission_failed'),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(condition=models.Q(('label__isnull', False)), fields=['-created_at'], name='submission_labelled'),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(condition=models.Q(('client', ''), _negated=True), fields=['client'], name='submission_client'),
        ),
    ]
