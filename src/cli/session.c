/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/session.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "base/file.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "intake/intake.h"
#include "report/report.h"

void warn_of_open_key(const char *key_path)
{
    struct stat status;

    if (stat(key_path, &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & S_IROTH))
        complain("warning: everybody on this machine may read the key '%s': chmod 600 it",
                 key_path);
}

int register_open(const char *path, const char *key_path, struct reg **out_reg,
                  struct tq_error *err)
{
    struct stat status;
    int r;

    if (stat(path, &status) < 0 && errno == ENOENT)
        return tq_fail(err, TQ_E_IO, "there is no register '%s'; 'tahqiq register build' makes one",
                       path);
    r = reg_open(path, key_path, out_reg, err);
    if (r == TQ_OK)
        warn_of_open_key(key_path);
    return r;
}

static int open_ledger(const char *folder, struct ledger **out_ledger, struct tq_error *err)
{
    CLEANUP(free_cleanup) char *path = file_join(folder, "ledger.jsonl");

    if (!path)
        return tq_no_memory(err);
    return ledger_open(path, out_ledger, err);
}

/* A ledger that somebody removed must not be begun anew, as if the case were whole. None is there
 * yet when making the case was cut short, but then it holds nothing either. */
static int check_ledger_is_there(const char *folder, struct case_store *store, struct tq_error *err)
{
    CLEANUP(free_cleanup) char *path = file_join(folder, "ledger.jsonl");
    struct exhibit_list list = {0};
    size_t count;
    int r;

    if (!path)
        return tq_no_memory(err);
    if (file_exists(path))
        return TQ_OK;
    r = case_load_exhibits(store, &list, err);
    if (r < 0)
        return r;
    count = list.count;
    exhibit_list_clear(&list);
    if (count == 0)
        return TQ_OK;
    return tq_fail(err, TQ_E_IO, "the ledger '%s' is missing: nothing can be added to the case",
                   path);
}

int session_open(const char *folder, bool writing, struct session *out_session,
                 struct tq_error *err)
{
    struct session session = {0};
    int r;

    if (!case_is_case(folder) && errno == EACCES)
        return tq_fail(err, TQ_E_IO, "could not open case '%s': %s", folder, strerror(errno));
    if (!case_is_case(folder))
        return tq_fail(err, TQ_E_IO, "'%s' is not a case: there is no case.db in it", folder);
    r = case_open(folder, writing, &session.store, err);
    if (r == TQ_OK && writing)
        r = check_ledger_is_there(folder, session.store, err);
    if (r == TQ_OK && writing)
        r = open_ledger(folder, &session.ledger, err);
    if (r < 0) {
        session_close(&session);
        return r;
    }
    *out_session = session;
    return TQ_OK;
}

void session_close(struct session *session)
{
    session->ledger = ledger_close(session->ledger);
    session->store = case_close(session->store);
}

int session_create(const char *folder, const char *title, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf detail = {0};
    struct ledger *ledger = NULL;
    int r = case_create(folder, slice_of(title), err);

    if (r < 0)
        return r;
    r = open_ledger(folder, &ledger, err);
    if (r < 0)
        return r;
    buf_add_text(&detail, "{\"title\":");
    escape_json(&detail, slice_of(title));
    buf_format(&detail, ",\"version\":\"%s\"}", TAHQIQ_VERSION);
    r = buf_check(&detail, err);
    if (r == TQ_OK)
        r = ledger_append(ledger, "case", buf_slice(&detail), err);
    (void)ledger_close(ledger);
    return r;
}

/* ---- taking ---- */

static void taking(void *state, uint64_t files, uint64_t bytes)
{
    (void)bytes;
    progress_step(state, "take", files, 0, "files");
}

int session_take(struct session *session, const char *const *evidence, size_t count,
                 const char *source, const char *by, struct tq_error *err)
{
    struct intake_summary summary = {0};
    struct progress progress;
    struct intake_request request = {.evidence = evidence,
                                     .evidence_count = count,
                                     .source = source,
                                     .by = by,
                                     .progress = taking,
                                     .state = &progress};
    int r;

    progress_start(&progress);
    r = intake_take(session->store, session->ledger, &request, &summary, err);
    progress_end(&progress);
    if (r < 0)
        return r;
    (void)printf("taken: %" PRIu64 " files, %" PRIu64 " bytes", summary.files, summary.bytes);
    if (summary.known > 0)
        (void)printf(", %" PRIu64 " known already", summary.known);
    if (summary.noted > 0)
        (void)printf(", %" PRIu64 " with a note", summary.noted);
    (void)putchar('\n');
    return TQ_OK;
}

/* ---- examining ---- */

static void examining(void *state, const struct inquiry_progress *step)
{
    progress_step(state, step->stage, step->done, step->total, step->unit);
}

int session_rules_open(const char *path, const struct reg *reg, struct session_rules *out_rules,
                       struct tq_error *err)
{
    struct session_rules rules = {.name = path ? path : "shipped"};
    int r = rule_set_open(path, reg->country_code, &rules.set, err);

    if (r == TQ_OK)
        r = rule_binding_new(rules.set, reg, &rules.binding, err);
    if (r < 0) {
        session_rules_close(&rules);
        return r;
    }
    *out_rules = rules;
    return TQ_OK;
}

void session_rules_close(struct session_rules *rules)
{
    rules->binding = rule_binding_free(rules->binding);
    rules->set = rule_set_free(rules->set);
}

int session_examine(struct session *session, const struct session_means *means,
                    struct inquiry_summary *out_summary, struct tq_error *err)
{
    struct progress progress;
    struct inquiry_request request = {.store = session->store,
                                      .ledger = session->ledger,
                                      .reg = means->reg,
                                      .rules = means->rules->binding,
                                      .rules_name = means->rules->name,
                                      .passwords =
                                          means->passwords->count > 0 ? means->passwords : NULL,
                                      .ocr_pages_max = means->ocr_pages_max,
                                      .jobs = means->jobs,
                                      .progress = examining,
                                      .state = &progress};
    int r;

    progress_start(&progress);
    r = inquiry_examine(&request, out_summary, err);
    progress_end(&progress);
    return r;
}

/* ---- reporting ---- */

static int note_report(struct session *session, const char *folder, const char *language,
                       struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf detail = {0};

    if (!session->ledger)
        return TQ_OK;
    buf_add_text(&detail, "{\"folder\":");
    escape_json(&detail, slice_of(folder));
    buf_format(&detail, ",\"lang\":\"%s\"}", language);
    if (buf_check(&detail, err) < 0)
        return TQ_E_NOMEM;
    return ledger_append(session->ledger, "report", buf_slice(&detail), err);
}

int session_report(struct session *session, const char *folder, const char *language,
                   struct tq_error *err)
{
    int r = file_make_folder(folder, 0755, err);

    if (r < 0)
        return r;
    r = report_write(session->store, folder, language, err);
    if (r < 0)
        return r;
    return note_report(session, folder, language, err);
}
