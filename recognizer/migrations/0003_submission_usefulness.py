from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recognizer', '0002_feedback'),
    ]

    operations = [
        migrations.AddField(
            model_name='submission',
            name='usefulness',
            field=models.FloatField(blank=True, editable=False, null=True, verbose_name='usefulness'),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(condition=models.Q(('usefulness__isnull', False)), fields=['-usefulness'], name='submission_useful'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.CheckConstraint(condition=models.Q(('usefulness', None), models.Q(('label', None), ('status', 'done'), ('usefulness__gte', 0)), _connector='OR'), name='submission_useful_until_labelled'),
        ),
    ]
