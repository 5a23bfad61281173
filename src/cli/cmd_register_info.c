/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tahqiq register info */
#include <inttypes.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "cli/command.h"
#include "cli/session.h"
#include "register/info.h"

DEFINE_CLEANUP(struct reg *, reg_free)

static double share(uint64_t part, uint64_t whole)
{
    return whole ? (double)part / (double)whole : 0;
}

/* ---- as text ---- */

static void print_span(const char *what, const struct time_span *span)
{
    CLEANUP(buf_clear_cleanup) struct buf text = {0};

    if (span->oldest == MOMENT_MIN) {
        (void)printf("  %s times: none\n", what);
        return;
    }
    moment_format(&text, span->oldest);
    buf_add_text(&text, " to ");
    moment_format(&text, span->newest);
    (void)printf("  %s times from %s\n", what, text.data ? text.data : "");
}

/* When it was read: `register build --since` begins there. */
static void print_as_of(int32_t moment)
{
    CLEANUP(buf_clear_cleanup) struct buf text = {0};

    moment_format(&text, moment);
    (void)printf("  as of %s\n", text.data ? text.data : "");
}

static void print_day(struct buf *text, int32_t moment)
{
    size_t before = text->length;

    moment_format(text, moment);
    if (text->length > before + 10)
        text->length = before + 10; /* the day is enough in a table */
}

static void print_times(const struct field_info *field)
{
    CLEANUP(buf_clear_cleanup) struct buf text = {0};

    if (field->known.oldest != MOMENT_MIN) {
        buf_add_text(&text, "  known ");
        print_day(&text, field->known.oldest);
        buf_add_text(&text, "..");
        print_day(&text, field->known.newest);
    }
    if (field->valid.oldest != MOMENT_MIN) {
        buf_add_text(&text, "  valid ");
        print_day(&text, field->valid.oldest);
        buf_add_text(&text, "..");
        print_day(&text, field->valid.newest);
    }
    if (field->period_from != MONTH_NONE) {
        buf_add_text(&text, "  months ");
        month_format(&text, field->period_from);
        buf_add_text(&text, "..");
        month_format(&text, field->period_to);
    }
    (void)printf("%.*s", (int)text.length, text.data ? text.data : "");
}

static void print_field(const struct field_info *field)
{
    const struct field_bytes *bytes = &field->bytes;

    (void)printf("  %-12s %-22s %-12s %-11s %10" PRIu64 " %9u %7.2f%% %7.2f %5u %6.1f%% %11" PRIu64,
                 field->kind, field->name, field->type, field->category, field->facts,
                 field->values, 100 * share(field->subjects - field->holders, field->subjects),
                 share(field->facts, field->holders), field->facts_of_one_max,
                 100 * share(field->ended, field->facts),
                 bytes->facts + bytes->times + bytes->values);
    print_times(field);
    if (field->check && field->checked > 0)
        (void)printf("  %s %.2f %%", field->check,
                     100 * share(field->check_passed, field->checked));
    if (field->dangling > 0)
        (void)printf("  %u name no %s", field->dangling, field->ref_kind);
    (void)putchar('\n');
}

static void print_info(const struct reg *reg, const struct register_info *info)
{
    CLEANUP(buf_clear_cleanup) struct buf text = {0};

    escape_text(&text, slice_of(reg->name));
    (void)printf("%s: %" PRIu64 " facts, %" PRIu64 " bytes\n", text.data ? text.data : "",
                 info->facts, info->file_bytes);
    if (reg->fingerprints_only)
        (void)printf("  fingerprints only: it can match, but holds no value; subjects are named by "
                     "pseudonyms\n");
    for (unsigned i = 0; i < reg->kind_count; i++)
        (void)printf("  %s: %u (keys %" PRIu64 " bytes)\n", reg->kinds[i].name,
                     reg->kinds[i].subject_count, info->kind_bytes[i]);
    if (reg->source.told)
        print_as_of(reg->source.as_of);
    print_span("known", &info->known);
    print_span("valid", &info->valid);
    (void)printf("  %-12s %-22s %-12s %-11s %10s %9s %8s %7s %5s %7s %11s\n", "kind", "field",
                 "type", "category", "facts", "values", "missing", "depth", "most", "ended",
                 "bytes");
    for (unsigned i = 0; i < info->field_count; i++)
        print_field(&info->fields[i]);
}

/* ---- as JSON ---- */

/* The moment in quotes, or null. */
static void add_moment(struct buf *out, const char *name, int32_t moment)
{
    bool none = moment == MOMENT_MIN || moment == MOMENT_MAX;

    buf_format(out, ",\"%s\":%s", name, none ? "null" : "\"");
    if (none)
        return;
    moment_format(out, moment);
    buf_add_text(out, "\"");
}

static void add_month(struct buf *out, const char *name, uint16_t month)
{
    buf_format(out, ",\"%s\":%s", name, month == MONTH_NONE ? "null" : "\"");
    if (month == MONTH_NONE)
        return;
    month_format(out, month);
    buf_add_text(out, "\"");
}

static void add_spans(struct buf *out, const struct time_span *known, const struct time_span *valid)
{
    add_moment(out, "known_from", known->oldest);
    add_moment(out, "known_to", known->newest);
    add_moment(out, "valid_from", valid->oldest);
    add_moment(out, "valid_to", valid->newest);
}

static void add_field(struct buf *out, const struct field_info *field)
{
    buf_add_text(out, "{\"kind\":");
    escape_json(out, slice_of(field->kind));
    buf_add_text(out, ",\"name\":");
    escape_json(out, slice_of(field->name));
    buf_format(out,
               ",\"type\":\"%s\",\"category\":\"%s\",\"facts\":%" PRIu64
               ",\"values\":%u,\"keys\":%u,\"holders\":%u,\"missing\":%.6f,\"depth\":%.6f"
               ",\"facts_of_one_max\":%u,\"ended\":%.6f,\"checked\":%u,\"check_passed\":%u"
               ",\"dangling\":%u",
               field->type, field->category, field->facts, field->values, field->keys,
               field->holders, share(field->subjects - field->holders, field->subjects),
               share(field->facts, field->holders), field->facts_of_one_max,
               share(field->ended, field->facts), field->checked, field->check_passed,
               field->dangling);
    add_spans(out, &field->known, &field->valid);
    add_month(out, "period_from", field->period_from);
    add_month(out, "period_to", field->period_to);
    buf_format(out,
               ",\"derived\":%s,\"bytes\":{\"facts\":%" PRIu64 ",\"times\":%" PRIu64
               ",\"values\":%" PRIu64 "}}",
               field->derived ? "true" : "false", field->bytes.facts, field->bytes.times,
               field->bytes.values);
}

static void add_kinds(struct buf *out, const struct reg *reg, const struct register_info *info)
{
    buf_add_text(out, ",\"kinds\":{");
    for (unsigned i = 0; i < reg->kind_count; i++) {
        buf_add_text(out, i ? "," : "");
        escape_json(out, slice_of(reg->kinds[i].name));
        buf_format(out, ":%u", reg->kinds[i].subject_count);
    }
    buf_format(out, "},\"bytes\":{\"file\":%" PRIu64 ",\"head\":%" PRIu64 ",\"keys\":{",
               info->file_bytes, info->head_bytes);
    for (unsigned i = 0; i < reg->kind_count; i++) {
        buf_add_text(out, i ? "," : "");
        escape_json(out, slice_of(reg->kinds[i].name));
        buf_format(out, ":%" PRIu64, info->kind_bytes[i]);
    }
    buf_add_text(out, "}}");
}

static int print_info_json(const struct reg *reg, const struct register_info *info,
                           struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf out = {0};
    int r;

    buf_add_text(&out, "{\"name\":");
    escape_json(&out, slice_of(reg->name));
    buf_format(&out, ",\"fingerprints_only\":%s,\"facts\":%" PRIu64,
               reg->fingerprints_only ? "true" : "false", info->facts);
    add_moment(&out, "as_of", reg->source.told ? reg->source.as_of : MOMENT_MIN);
    add_kinds(&out, reg, info);
    add_spans(&out, &info->known, &info->valid);
    buf_add_text(&out, ",\"fields\":[");
    for (unsigned i = 0; i < info->field_count; i++) {
        buf_add_text(&out, i ? "," : "");
        add_field(&out, &info->fields[i]);
    }
    buf_add_text(&out, "]}\n");
    r = buf_check(&out, err);
    if (r < 0)
        return r;
    (void)fputs(out.data, stdout);
    return TQ_OK;
}

static int run_info(const struct options *options)
{
    const char *key = option_value(&command_register_info, options, "key");
    CLEANUP(reg_free_cleanup) struct reg *reg = NULL;
    struct register_info info = {0};
    struct tq_error err;
    int r;

    if (!key)
        return usage_failed(&command_register_info, "--key KEYFILE is needed");
    r = register_open(options->operands[0], key, &reg, &err);
    if (r == TQ_OK)
        r = register_info_make(reg, &info, &err);
    if (r == TQ_OK && option_given(&command_register_info, options, "json"))
        r = print_info_json(reg, &info, &err);
    else if (r == TQ_OK)
        print_info(reg, &info);
    register_info_clear(&info);
    return r < 0 ? command_failed(&err) : EXIT_DONE;
}

static const struct option_spec info_options[] = {
    {"key", "KEYFILE", "the key it was built with"},
    {"json", NULL, "one JSON object"},
    {NULL, NULL, NULL},
};

const struct command command_register_info = {
    .name = "register info",
    .operands = "FILE.tqr",
    .summary = "Say what a sealed register holds, in counts",
    .help = "Subjects by kind; of each field its facts, distinct values, the share of subjects\n"
            "without one, the depth of its history, its times, its size in the file, and how many\n"
            "identifiers pass the check rule of their scheme. No value is shown.",
    .operands_min = 1,
    .operands_max = 1,
    .options = info_options,
    .prints = true,
    .run = run_info,
};
