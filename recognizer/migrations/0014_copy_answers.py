from django.db import migrations


def copy_answers(apps, schema_editor):
    """Say at each submission what the live model read in it."""
    database = schema_editor.connection.alias
    Submission = apps.get_model('recognizer', 'Submission').objects.using(database)
    live = apps.get_model('recognizer', 'Prediction').objects.using(database).filter(live=True)
    for submission, text, reason in live.values_list('submission', 'text', 'reason').iterator():
        Submission.filter(pk=submission).update(answer=text, refusal=reason)


class Migration(migrations.Migration):

    dependencies = [
        ('recognizer', '0013_submission_answer'),
    ]

    operations = [
        migrations.RunPython(copy_answers, migrations.RunPython.noop),
    ]
