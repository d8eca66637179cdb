import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("records", "0003_pocket"),
    ]

    operations = [
        migrations.AlterField(
            model_name="ownpractice",
            name="mark",
            field=models.CharField(choices=[("favourite", "Favourite"), ("not-for-me", "Not For Me"), ("chosen", "Chosen"), ("open", "Open")], max_length=12),
        ),
        migrations.AddField(
            model_name="enrolment",
            name="looks_back_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        # Nothing wrote to this table before: it is made anew, with ids that the phone makes.
        migrations.DeleteModel(name="Verdict"),
        migrations.CreateModel(
            name="Verdict",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("statement", models.CharField(max_length=140)),
                ("says", models.CharField(choices=[("fits", "Fits"), ("does-not-fit", "Does Not Fit"), ("hide", "Hide")], max_length=12)),
                ("at", models.DateTimeField()),
                ("enrolment", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="verdicts", to="records.enrolment")),
            ],
        ),
    ]
