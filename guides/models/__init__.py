from guides.models.guide import Guide
from guides.models.training import Training, known_steps

__all__ = ["Guide", "Training", "known_steps"]
