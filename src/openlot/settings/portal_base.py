"""What every public portal shares: a process of its own that can only read."""

from openlot.settings.base import *  # noqa: F403  # settings modules extend each other by name

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "csp",
    "openlot.trail",
    "openlot.publication",
    "openlot.portal",
]
MIDDLEWARE = [
    "openlot.kernel.headers.header_middleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "openlot.kernel.words.words_middleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "openlot.portal.urls"
WSGI_APPLICATION = "openlot.portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "openlot.portal.context.portal_context",
            ],
        },
    }
]
AUTHENTICATION_BACKENDS = []
CSRF_FAILURE_VIEW = "openlot.portal.failures.forged"
NO_STORE = False
