"""Papers of the road: the registry file that is loaded, and what a printed page says to eyes and telephones."""

import subprocess
from io import BytesIO
from pathlib import Path

from PIL import Image
from pyzbar.pyzbar import decode
from xlsxwriter import Workbook

TITLES = [
    "Муниципалитет",
    "Полное наименование",
    "Краткое наименование",
    "ИНН",
    "КПП",
    "Электронная почта",
    "Руководитель",
    "Зарегистрирована в Сферуме",
    "Администратор",
    "Телефон администратора",
]
OLD_SCHOOL = [
    "Асиновский район",
    "Муниципальное бюджетное общеобразовательное учреждение «Средняя общеобразовательная школа № 3»",
    "МБОУ «СОШ № 3»",
    "7002010007",
    "700201001",
    "school3@edu.example",
    "Петрова Ольга Ивановна",
    "14.09.2021",
    "Сидорова Нина Павловна",
    "+7 913 800-00-03",
]
NEW_SCHOOL = [
    "Верхнекетский район",
    "Муниципальное автономное общеобразовательное учреждение «Гимназия № 1»",
    "МАОУ «Гимназия № 1»",
    "7004010002",
    "700401001",
    "gymnasium1@edu.example",
    "Громов Игорь Львович",
    "",
    "",
    "",
]
KINDERGARTEN = [
    "Верхнекетский район",
    "Муниципальное бюджетное дошкольное образовательное учреждение детский сад «Родничок»",
    "МБДОУ «Родничок»",
    "7004010010",
    "700401001",
    "",
    "Лукина Вера Олеговна",
    "2022-10-03",
    "",
    "",
]


def registry(path: Path) -> Path:
    with Workbook(path) as book:
        sheet = book.add_worksheet("Реестр")
        for number, row in enumerate([TITLES, OLD_SCHOOL, NEW_SCHOOL, KINDERGARTEN]):
            sheet.write_row(number, 0, row)
    return path


def text_of(pdf: bytes) -> str:
    run = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return run.stdout.decode()


def address_on(poster: bytes) -> str:
    """What a telephone reads from the printed QR code."""
    command = ["pdftoppm", "-png", "-r", "100", "-singlefile"]
    png = subprocess.run(command, input=poster, capture_output=True, check=True).stdout
    return str(decode(Image.open(BytesIO(png)))[0].data.decode())
