"""The rows with which a region begins. What people edit or add later is never touched again."""

from django.db import transaction

from guides.models import Guide
from guides.statuses import GuideKind
from organizations.models import Region
from organizations.statuses import Step

# (step on the way to which the problem hits, what the person sees, what to do in order)
_PROBLEMS = [
    (
        Step.REQUESTED,
        "«Школа уже зарегистрирована»",
        "Организацию зарегистрировали раньше, обычно прежний администратор. Новое письмо о регистрации не поможет.\n\n"
        "1. Откройте «Смену администратора» и укажите нового. Если неизвестно, кто был раньше, так и отметьте.\n"
        "2. Отправьте письмо менеджеру по интеграции: он передаст права на ваш номер.\n"
        "3. После ответа войдите на sferum.ru с этого номера.",
    ),
    (
        Step.REGISTERED,
        "Поддержка Сферума не отвечает",
        "1. На странице «Письма» проверьте, что письмо доставлено. Не дошло – отправьте ещё раз.\n"
        "2. Загляните в «Спам» того ящика, на который ждёте ответ.\n"
        "3. Обычный срок прошёл – отправьте письмо повторно со страницы «Регистрация»: оно уйдёт в той же переписке.\n"
        "4. Ответили звонком или в мессенджере – запишите ответ на странице «Регистрация».",
    ),
    (
        Step.SIGNED_IN,
        "Код для входа не приходит",
        "1. Проверьте номер: он мобильный, российский, набран без ошибки, и телефон в сети.\n"
        "2. Подождите несколько минут. Код мог прийти не в СМС, а звонком или сообщением в ВКонтакте.\n"
        "3. Запросите код ещё раз, но не подряд: после нескольких попыток нужно подождать сутки.\n"
        "4. Не помогло – нажмите «Код не приходит» на странице первого входа: там есть готовое письмо.",
    ),
    (
        Step.SIGNED_IN,
        "Вход есть, а школы нет",
        "1. Сверьте номер, с которым вы вошли, с номером в портале. С другим номером права не появятся.\n"
        "2. Выйдите из Сферума и войдите снова с нужного номера: в браузере мог остаться личный вход.\n"
        "3. Если администратор сменился, права ещё на прежнем номере: оформите смену администратора.\n"
        "4. Всё верно, а школы нет – отметьте это на странице первого входа: там есть готовое письмо.",
    ),
    (
        Step.INVITED,
        "По прямой ссылке вступают посторонние",
        "Прямая ссылка Сферума пускает каждого, у кого она есть, и её пересылают.\n\n"
        "1. Раздавайте ссылку с проверкой: по ней подают заявку, а ссылку в Сферум видит только тот, кого вы приняли.\n"
        "2. Если прямая ссылка разошлась, отзовите её в портале и обновите в самом Сферуме: иначе старая работает.\n"
        "3. Посторонних удалите из сообщества в Сферуме.",
    ),
    (
        Step.MIGRATED,
        "Чат с одним администратором не переносится",
        "1. Создатель чата назначает второго администратора.\n"
        "2. Переносит создатель или администратор чата, роль которого в Сферуме подтверждена.\n"
        "3. Если единственный администратор ушёл, перенести чат нельзя. Создайте новый в мессенджере региона, "
        "а старый отметьте «Не перенесён» с причиной.",
    ),
]
# What the instruction of Tomsk region publishes for its schools.
_TOMSK = [
    (
        GuideKind.RECORDING,
        Step.SIGNED_IN,
        "Запись обучения для администраторов",
        "https://sferum.ru/?broadcast=-211859585_456239089",
    ),
    (
        GuideKind.RECORDING,
        Step.INVITED,
        "Следующее обучение",
        "https://sferum.ru/?broadcast=-211859585_456239088",
    ),
    (
        GuideKind.RECORDING,
        Step.MIGRATED,
        "Что изменилось с переходом в VK Мессенджер",
        "https://sferum.ru/?broadcast=-211859585_456239091",
    ),
    (
        GuideKind.ARTICLE,
        Step.MIGRATED,
        "Сферум теперь внутри VK Мессенджера",
        "https://prof-sferum.ru/sferum_teper_vnutry_vk_messenger",
    ),
]


@transaction.atomic
def ensure_guides(region: Region) -> None:
    """Known problems for everybody, and the region's own links where its instruction is known.

    A second call adds nothing: rows are made only where there is none, so an edited or deleted one stays so. Support
    and the site of Sferum are fields of `Region` and need no rows.
    """
    if not Guide.objects.filter(region=None, kind=GuideKind.PROBLEM).exists():
        Guide.objects.bulk_create(
            Guide(kind=GuideKind.PROBLEM, step=step, title=title, text=text, order=100 + number)
            for number, (step, title, text) in enumerate(_PROBLEMS)
        )
    if region.code == "70" and not Guide.objects.filter(region=region).exists():
        Guide.objects.bulk_create(
            Guide(region=region, kind=kind, step=step, title=title, url=url, order=number)
            for number, (kind, step, title, url) in enumerate(_TOMSK)
        )
