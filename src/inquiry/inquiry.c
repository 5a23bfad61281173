/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The order of the stages, and nothing else. */
#include "inquiry/inquiry.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/escape.h"
#include "inquiry/context.h"

static int start_counting(struct inquiry *inquiry, struct tq_error *err)
{
    const struct reg *reg = inquiry->request->reg;
    const char *names[REGISTER_KINDS_MAX];
    uint32_t counts[REGISTER_KINDS_MAX];
    int r;

    for (uint8_t i = 0; i < reg->kind_count; i++) {
        names[i] = reg->kinds[i].name;
        counts[i] = reg->kinds[i].subject_count;
    }
    r = case_set_kinds(inquiry->request->store, reg->kind_count, names, err);
    if (r < 0)
        return r;
    return assessment_new(reg->kind_count, names, counts, &inquiry->assessment, err);
}

static int find_seal(const struct inquiry *inquiry, char hex[SHA256_HEX + 1], struct tq_error *err)
{
    uint8_t seal[SHA256_BYTES];
    int r = reg_seal(inquiry->request->reg, seal, err);

    if (r == TQ_OK)
        hex_of(seal, SHA256_BYTES, hex);
    return r;
}

static int name_register(struct inquiry *inquiry, struct tq_error *err)
{
    const struct reg *reg = inquiry->request->reg;
    char seal[SHA256_HEX + 1];
    int r = find_seal(inquiry, seal, err);

    if (r < 0)
        return r;
    r = case_set_value(inquiry->request->store, "register.name", slice_of(reg->name), err);
    if (r < 0)
        return r;
    return case_set_value(inquiry->request->store, "register.seal", slice_of(seal), err);
}

/* Everything but reading the evidence, in one transaction: after a kill the case has no results or
 * the old ones, never half of the new. */
static int examine(struct inquiry *inquiry, struct tq_error *err)
{
    struct case_store *store = inquiry->request->store;
    int r = case_drop_results(store, err);

    if (r < 0)
        return r;
    r = case_drop_layout_tables(store, err);
    if (r < 0)
        return r;
    r = name_register(inquiry, err);
    if (r < 0)
        return r;
    r = start_counting(inquiry, err);
    if (r < 0)
        return r;
    r = inquiry_note_finders(inquiry, err);
    if (r < 0)
        return r;
    r = inquiry_lay_out(inquiry, err);
    if (r < 0)
        return r;
    r = inquiry_examine_tables(inquiry, err);
    if (r < 0)
        return r;
    r = inquiry_keep_consistency(inquiry, err);
    if (r < 0)
        return r;
    r = inquiry_keep_signs(inquiry, err);
    if (r < 0)
        return r;
    r = inquiry_keep_mosaic(inquiry, err);
    if (r < 0)
        return r;
    r = inquiry_keep_document_signs(inquiry, err);
    if (r < 0)
        return r;
    r = inquiry_keep_results(inquiry, err);
    if (r < 0)
        return r;
    return case_set_value(store, "examined", SLICE_LITERAL("1"), err);
}

static int examine_in_one_transaction(struct inquiry *inquiry, struct tq_error *err)
{
    struct case_store *store = inquiry->request->store;
    int r = case_begin(store, err);

    if (r < 0)
        return r;
    r = examine(inquiry, err);
    if (r < 0) {
        case_rollback(store);
        return r;
    }
    return case_commit(store, err);
}

/* What was examined with what, and what came out: enough to compare two examinations. */
static int write_ledger(const struct inquiry *inquiry, const char *action, struct tq_error *err)
{
    const struct inquiry_summary *summary = &inquiry->summary;
    CLEANUP(buf_clear_cleanup) struct buf detail = {0};
    char seal[SHA256_HEX + 1];
    int r = find_seal(inquiry, seal, err);

    if (r < 0)
        return r;
    buf_format(&detail, "{\"version\":\"%s\",\"register\":", TAHQIQ_VERSION);
    escape_json(&detail, slice_of(inquiry->request->reg->name));
    if (inquiry->request->rules) {
        buf_add_text(&detail, ",\"rules\":");
        escape_json(&detail, slice_of(inquiry->request->rules_name));
    }
    if (inquiry->request->passwords)
        buf_format(&detail, ",\"passwords\":%u", inquiry->request->passwords->count);
    buf_format(&detail, ",\"seal\":\"%s\",\"exhibits\":%zu,\"tables\":%llu,\"records\":%llu", seal,
               inquiry->exhibits.count, (unsigned long long)summary->tables,
               (unsigned long long)summary->records);
    for (unsigned i = 0; i < RECORD_VERDICT_COUNT; i++)
        buf_format(&detail, ",\"%s\":%llu", record_verdict_name((enum record_verdict)i),
                   (unsigned long long)summary->verdicts[i]);
    buf_add_byte(&detail, '}');
    if (buf_check(&detail, err) < 0)
        return TQ_E_NOMEM;
    return ledger_append(inquiry->request->ledger, action, buf_slice(&detail), err);
}

static int run(struct inquiry *inquiry, struct tq_error *err)
{
    int r = inquiry_retry_locked(inquiry, err);

    if (r < 0)
        return r;
    r = inquiry_extract(inquiry, err); /* needs no register, which is checked meanwhile */
    if (r < 0)
        return r;
    r = write_ledger(inquiry, "examine", err);
    if (r < 0)
        return r;
    r = case_load_exhibits(inquiry->request->store, &inquiry->exhibits, err);
    if (r < 0)
        return r;
    inquiry->summary.exhibits = inquiry->exhibits.count;
    r = examine_in_one_transaction(inquiry, err);
    if (r < 0)
        return r;
    return write_ledger(inquiry, "examined", err);
}

int inquiry_examine(const struct inquiry_request *request, struct inquiry_summary *out_summary,
                    struct tq_error *err)
{
    struct inquiry inquiry = {.request = request, .lock = PTHREAD_MUTEX_INITIALIZER};
    int r = run(&inquiry, err);

    if (r == TQ_OK)
        *out_summary = inquiry.summary;
    (void)assessment_free(inquiry.assessment);
    free(inquiry.consistency);
    free(inquiry.signs.items);
    inquiry_drop_mosaic(&inquiry);
    free(inquiry.layout_of);
    inquiry_drop_departures(&inquiry);
    exhibit_list_clear(&inquiry.exhibits);
    (void)pthread_mutex_destroy(&inquiry.lock);
    return r;
}
