"""Words of the coordinator's floor."""

EVENT_WORDS = {
    "region.changed": "Изменены сведения о регионе",
    "report.exported": "Выгружена справка",
    "organizations.exported": "Выгружен список организаций",
}
