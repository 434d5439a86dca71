from django.db import migrations
from django.db.migrations.operations.base import Operation


class MoveFieldToEnd(Operation):
    """Make a column the last of its table, on SQLite.

    SQLite reads a row's columns in order: with a long one in the middle, reading those behind it walks through
    all of its pages. Columns added later come behind it; then this is due once more.
    """

    reversible = True

    def __init__(self, model_name, name):
        self.model_name, self.name = model_name, name

    def state_forwards(self, app_label, state):
        fields = state.models[app_label, self.model_name].fields
        fields[self.name] = fields.pop(self.name)
        state.reload_model(app_label, self.model_name)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == 'sqlite':
            schema_editor._remake_table(to_state.apps.get_model(app_label, self.model_name))

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        """The order of columns means nothing."""

    def describe(self):
        return f'Make {self.name} the last column of {self.model_name}'


class Migration(migrations.Migration):

    dependencies = [
        ('recognizer', '0014_copy_answers'),
    ]

    operations = [
        MoveFieldToEnd('submission', 'image'),
    ]
