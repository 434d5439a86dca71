from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recognizer', '0015_picture_last'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='prediction',
            name='prediction_text',
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(condition=models.Q(('answer', ''), _negated=True), fields=['answer', '-created_at'], name='submission_answer'),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(condition=models.Q(('refusal', ''), _negated=True), fields=['-created_at'], name='submission_refused'),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(condition=models.Q(('label__isnull', False)), fields=['label'], name='submission_label'),
        ),
    ]
