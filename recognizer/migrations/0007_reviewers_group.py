from django.db import migrations

# Django makes permissions after the last migration; this group needs its two now.
PERMISSIONS = {'view_submission': 'Can view submission', 'change_submission': 'Can change submission'}


def create_reviewers(apps, schema_editor):
    """People of this group see submissions and set labels; they can do nothing else."""
    database = schema_editor.connection.alias
    content_type, _ = apps.get_model('contenttypes', 'ContentType').objects.using(database).get_or_create(
        app_label='recognizer', model='submission'
    )
    group, _ = apps.get_model('auth', 'Group').objects.using(database).get_or_create(name='Reviewers')
    for codename, name in PERMISSIONS.items():
        permission, _ = apps.get_model('auth', 'Permission').objects.using(database).get_or_create(
            content_type=content_type, codename=codename, defaults={'name': name}
        )
        group.permissions.add(permission)


class Migration(migrations.Migration):

    dependencies = [
        ('recognizer', '0006_reservation'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [
        migrations.RunPython(create_reviewers, migrations.RunPython.noop),
    ]
