"""Background jobs (后台任务): kept in the database, run by ``openlot worker``, each effect once."""
