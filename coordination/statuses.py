"""Words of the coordinator's floor."""

EVENT_WORDS = {
    "report.exported": "Выгружена справка",
    "organizations.exported": "Выгружен список организаций",
}
