"""All addresses of the portal."""

from __future__ import annotations

from django.urls import include, path, re_path

from openlot.portal import log_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("lists/<slug:kind>/", views.record_list, name="list"),
    path("records/<slug:public_id>/", views.record, name="record"),
    path("records/<slug:public_id>/files/<str:name>", views.record_file, name="file"),
    path("draws/<str:number>/", views.draw, name="draw"),
    path("search/", views.search_page, name="search"),
    path("receipt/", views.receipt, name="receipt"),
    path("receipt/file/", views.receipt_file, name="receipt-file"),
    path("ledger/", views.ledger, name="ledger"),
    path("log/", log_views.log, name="log"),
    path("log/checkpoint", log_views.checkpoint, name="log-checkpoint"),
    path("log/checkpoints/<int:size>", log_views.past, name="log-past"),
    re_path(r"^log/(?P<path>tile/.+)$", log_views.tile, name="log-tile"),
    path("log/check/<slug:public_id>/<int:number>/", log_views.check, name="log-check"),
    path("records/<slug:public_id>/log/<int:number>.tlog-proof", log_views.proof, name="log-proof"),
    path("verify/", views.verify, name="verify"),
    path("verify/fairdraw.pyz", views.verifier_file, name="verifier-file"),
    path("verify/<slug:public_id>/", views.verify_draw, name="verify-draw"),
]
handler400 = "openlot.portal.failures.malformed"
handler404 = "openlot.portal.failures.not_found"
handler500 = "openlot.portal.failures.broken"
