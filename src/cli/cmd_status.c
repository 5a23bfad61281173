/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tahqiq status */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/escape.h"
#include "cli/command.h"
#include "cli/session.h"
#include "report/exhibit_ends.h"

#define TYPES_MAX 64u

static const struct option_spec status_options[] = {
    {"json", NULL, "one JSON object"},
    {NULL, NULL, NULL},
};

struct type_tally {
    const char *type;
    uint64_t exhibits, bytes;
};

struct status {
    struct buf title, reg, examined;
    struct exhibit_list exhibits;
    struct exhibit_ends ends;
    struct type_tally types[TYPES_MAX];
    size_t type_count;
    uint64_t waiting, failed, duplicates, notes, bytes;
    uint64_t verdicts[RECORD_VERDICT_COUNT], records;
};

static void count_type(struct status *status, const struct exhibit *exhibit)
{
    const char *type = exhibit->type && exhibit->type[0] ? exhibit->type : "not read";
    size_t i = 0;

    while (i < status->type_count && strcmp(status->types[i].type, type) != 0)
        i++;
    if (i == TYPES_MAX)
        i = TYPES_MAX - 1;
    else if (i == status->type_count)
        status->types[status->type_count++] = (struct type_tally){.type = type};
    status->types[i].exhibits++;
    status->types[i].bytes += exhibit->size_bytes;
}

static void count_exhibits(struct status *status)
{
    for (size_t i = 0; i < status->exhibits.count; i++) {
        const struct exhibit *exhibit = &status->exhibits.items[i];

        status->bytes += exhibit->size_bytes;
        if (status->exhibits.primary[i] != i) {
            status->duplicates++;
            continue;
        }
        count_type(status, exhibit);
        status->waiting += exhibit->state == EXHIBIT_TAKEN && exhibit->type[0] == '\0';
        status->failed += exhibit->state == EXHIBIT_FAILED;
    }
}

static int count_note(void *state, uint32_t exhibit, uint64_t place, struct slice text,
                      struct tq_error *err)
{
    struct status *status = state;

    (void)exhibit;
    (void)place;
    (void)text;
    (void)err;
    status->notes++;
    return TQ_OK;
}

static int count_verdict(void *state, const struct count_row *row, struct tq_error *err)
{
    struct status *status = state;
    enum record_verdict verdict;

    (void)err;
    if (strcmp(row->measure, "records") != 0 || row->kind[0] || row->category[0])
        return TQ_OK;
    if (!row->verdict[0])
        status->records = row->value;
    else if (record_verdict_parse(slice_of(row->verdict), &verdict))
        status->verdicts[verdict] = row->value;
    return TQ_OK;
}

static int gather(struct case_store *store, struct status *status, struct tq_error *err)
{
    int r = case_get_value(store, "title", &status->title, err);

    if (r == TQ_OK)
        r = case_get_value(store, "register.name", &status->reg, err);
    if (r == TQ_OK)
        r = case_get_value(store, "examined", &status->examined, err);
    if (r == TQ_OK)
        r = case_load_exhibits(store, &status->exhibits, err);
    if (r == TQ_OK)
        r = exhibit_ends_count(store, &status->exhibits, &status->ends, err);
    if (r == TQ_OK)
        r = case_notes(store, 0, count_note, status, err);
    if (r == TQ_OK)
        r = case_counts(store, count_verdict, status, err);
    if (r == TQ_OK)
        count_exhibits(status);
    return r;
}

static void print_ends(const struct exhibit_ends *ends)
{
    (void)printf("with records %" PRIu64 ", as text %" PRIu64 ", with members %" PRIu64
                 ", only a note %" PRIu64 ", nothing in it %" PRIu64 "; locked %" PRIu64 "\n",
                 ends->exhibits[EXHIBIT_ENDED_AS_RECORDS], ends->exhibits[EXHIBIT_ENDED_AS_TEXT],
                 ends->exhibits[EXHIBIT_ENDED_AS_MEMBERS], ends->exhibits[EXHIBIT_ENDED_AS_NOTE],
                 ends->exhibits[EXHIBIT_ENDED_EMPTY], ends->locked);
    if (ends->bytes_unread > 0)
        (void)printf("not read: %" PRIu64 " bytes\n", ends->bytes_unread);
    if (ends->pictures > ends->pictures_granted)
        (void)printf("not read by OCR: %" PRIu64 " of %" PRIu64 " pages that are pictures\n",
                     ends->pictures - ends->pictures_granted, ends->pictures);
}

static void print_text(const struct status *status)
{
    CLEANUP(buf_clear_cleanup) struct buf text = {0};

    escape_text(&text, buf_slice(&status->title));
    (void)printf("%s\n", text.data ? text.data : "");
    (void)printf("exhibits: %zu (%" PRIu64 " bytes), %" PRIu64 " not read yet, %" PRIu64
                 " not read to their end, %" PRIu64 " duplicates, %" PRIu64 " notes\n",
                 status->exhibits.count, status->bytes, status->waiting, status->failed,
                 status->duplicates, status->notes);
    for (size_t i = 0; i < status->type_count; i++)
        (void)printf("  %-14s %10" PRIu64 " %15" PRIu64 " bytes\n", status->types[i].type,
                     status->types[i].exhibits, status->types[i].bytes);
    print_ends(&status->ends);
    if (status->examined.length == 0) {
        (void)puts("not examined yet");
        return;
    }
    buf_empty(&text);
    escape_text(&text, buf_slice(&status->reg));
    (void)printf("examined against '%s': %" PRIu64 " records\n", text.data ? text.data : "",
                 status->records);
    for (int i = RECORD_VERDICT_COUNT - 1; i >= 0; i--)
        (void)printf("  %-14s %10" PRIu64 "\n", record_verdict_name((enum record_verdict)i),
                     status->verdicts[i]);
}

static void print_json(const struct status *status)
{
    CLEANUP(buf_clear_cleanup) struct buf out = {0};

    buf_add_text(&out, "{\"title\":");
    escape_json(&out, buf_slice(&status->title));
    buf_format(&out,
               ",\"examined\":%s,\"exhibits\":%zu,\"bytes\":%" PRIu64 ",\"waiting\":%" PRIu64
               ",\"failed\":%" PRIu64 ",\"duplicates\":%" PRIu64 ",\"notes\":%" PRIu64
               ",\"types\":{",
               status->examined.length > 0 ? "true" : "false", status->exhibits.count,
               status->bytes, status->waiting, status->failed, status->duplicates, status->notes);
    for (size_t i = 0; i < status->type_count; i++) {
        if (i > 0)
            buf_add_byte(&out, ',');
        escape_json(&out, slice_of(status->types[i].type));
        buf_format(&out, ":%" PRIu64, status->types[i].exhibits);
    }
    buf_add_text(&out, "},");
    exhibit_ends_json(&status->ends, &out);
    buf_format(&out, ",\"records\":%" PRIu64 ",\"verdicts\":{", status->records);
    for (unsigned i = 0; i < RECORD_VERDICT_COUNT; i++)
        buf_format(&out, "%s\"%s\":%" PRIu64, i ? "," : "",
                   record_verdict_name((enum record_verdict)i), status->verdicts[i]);
    buf_add_text(&out, "}}\n");
    (void)fputs(out.data ? out.data : "", stdout);
}

static int run_status(const struct options *options)
{
    struct session session = {0};
    struct status *status = alloc_zeroed(1, sizeof(*status));
    struct tq_error err;
    int r;

    if (!status)
        r = tq_no_memory(&err);
    else
        r = session_open(options->operands[0], false, &session, &err);
    if (r == TQ_OK)
        r = gather(session.store, status, &err);
    if (r == TQ_OK) {
        if (option_given(&command_status, options, "json"))
            print_json(status);
        else
            print_text(status);
    }
    if (status) {
        buf_clear(&status->title);
        buf_clear(&status->reg);
        buf_clear(&status->examined);
        exhibit_list_clear(&status->exhibits);
    }
    free(status);
    session_close(&session);
    return r < 0 ? command_failed(&err) : EXIT_DONE;
}

const struct command command_status = {
    .name = "status",
    .operands = "CASE",
    .summary = "Say what a case holds and how far it is",
    .help = "Exhibits by type, what was not read, and the verdicts of the last examination.",
    .operands_min = 1,
    .operands_max = 1,
    .options = status_options,
    .prints = true,
    .run = run_status,
};
