from django.db import migrations


def rank(apps, schema_editor):
    """Put what was read before there was a queue into it; refused and uncertain first."""
    database = schema_editor.connection.alias
    Submission = apps.get_model('recognizer', 'Submission').objects.using(database)
    Prediction = apps.get_model('recognizer', 'Prediction').objects.using(database)
    waiting = Prediction.filter(live=True, submission__status='done', submission__label=None)
    for submission, confidence, accepted in waiting.values_list('submission', 'confidence', 'accepted').iterator():
        Submission.filter(pk=submission).update(usefulness=1 - confidence + (not accepted))


class Migration(migrations.Migration):

    dependencies = [
        ('recognizer', '0003_submission_usefulness'),
    ]

    operations = [
        migrations.RunPython(rank, migrations.RunPython.noop),
    ]
