/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tahqiq register compare */
#include <inttypes.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "cli/command.h"
#include "cli/session.h"
#include "register/compare.h"

DEFINE_CLEANUP(struct reg *, reg_free)

/* ---- as text ---- */

static const char *presence(bool in_old, bool in_new)
{
    return in_old && in_new ? "" : in_old ? "  only in the older" : "  only in the newer";
}

static void print_change(const struct register_change *change)
{
    (void)printf("%-35s %12s %12s %12s\n", "subjects", "added", "removed", "kept");
    for (size_t i = 0; i < change->kind_count; i++) {
        const struct kind_change *kind = &change->kinds[i];

        (void)printf("%-35s %12" PRIu64 " %12" PRIu64 " %12" PRIu64 "%s\n", kind->name,
                     kind->subjects.added, kind->subjects.removed, kind->subjects.kept,
                     presence(kind->in_old, kind->in_new));
    }
    (void)printf("\n%-35s %12s %12s %12s %12s %12s %12s %12s\n", "facts", "added", "removed",
                 "closed", "changed", "kept", "new values", "lost values");
    for (size_t i = 0; i < change->field_count; i++) {
        const struct field_change *field = &change->fields[i];

        (void)printf("%-12s %-22s %12" PRIu64 " %12" PRIu64 " %12" PRIu64 " %12" PRIu64
                     " %12" PRIu64 " %12" PRIu64 " %12" PRIu64 "%s\n",
                     field->kind, field->name, field->facts.added, field->facts.removed,
                     field->closed, field->changed, field->facts.kept, field->values.added,
                     field->values.removed, presence(field->in_old, field->in_new));
    }
}

/* ---- as JSON ---- */

static void add_set(struct buf *out, const char *name, const struct set_change *set)
{
    buf_format(out, ",\"%s_added\":%" PRIu64 ",\"%s_removed\":%" PRIu64 ",\"%s_kept\":%" PRIu64,
               name, set->added, name, set->removed, name, set->kept);
}

static void add_presence(struct buf *out, bool in_old, bool in_new)
{
    buf_format(out, ",\"in_old\":%s,\"in_new\":%s", in_old ? "true" : "false",
               in_new ? "true" : "false");
}

static void add_field(struct buf *out, const struct field_change *field)
{
    buf_add_text(out, "{\"kind\":");
    escape_json(out, slice_of(field->kind));
    buf_add_text(out, ",\"name\":");
    escape_json(out, slice_of(field->name));
    add_presence(out, field->in_old, field->in_new);
    add_set(out, "facts", &field->facts);
    buf_format(out, ",\"facts_closed\":%" PRIu64 ",\"facts_changed\":%" PRIu64, field->closed,
               field->changed);
    add_set(out, "values", &field->values);
    buf_add_text(out, "}");
}

static int print_change_json(const struct register_change *change, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf out = {0};
    int r;

    buf_add_text(&out, "{\"kinds\":[");
    for (size_t i = 0; i < change->kind_count; i++) {
        const struct kind_change *kind = &change->kinds[i];

        buf_add_text(&out, i ? ",{\"name\":" : "{\"name\":");
        escape_json(&out, slice_of(kind->name));
        add_presence(&out, kind->in_old, kind->in_new);
        add_set(&out, "subjects", &kind->subjects);
        buf_add_text(&out, "}");
    }
    buf_add_text(&out, "],\"fields\":[");
    for (size_t i = 0; i < change->field_count; i++) {
        buf_add_text(&out, i ? "," : "");
        add_field(&out, &change->fields[i]);
    }
    buf_add_text(&out, "]}\n");
    r = buf_check(&out, err);
    if (r < 0)
        return r;
    (void)fputs(out.data, stdout);
    return TQ_OK;
}

static int compare(const struct options *options, const char *key, const char *key_b,
                   struct tq_error *err)
{
    CLEANUP(reg_free_cleanup) struct reg *older = NULL;
    CLEANUP(reg_free_cleanup) struct reg *newer = NULL;
    struct register_change change = {0};
    int r = register_open(options->operands[0], key, &older, err);

    if (r == TQ_OK)
        r = register_open(options->operands[1], key_b, &newer, err);
    if (r == TQ_OK)
        r = register_compare(older, newer, &change, err);
    if (r == TQ_OK && option_given(&command_register_compare, options, "json"))
        r = print_change_json(&change, err);
    else if (r == TQ_OK)
        print_change(&change);
    register_change_clear(&change);
    return r;
}

static int run_compare(const struct options *options)
{
    const char *key = option_value(&command_register_compare, options, "key");
    const char *key_b = option_value(&command_register_compare, options, "key-b");
    struct tq_error err;

    if (!key)
        return usage_failed(&command_register_compare, "--key KEYFILE is needed");
    return compare(options, key, key_b ? key_b : key, &err) < 0 ? command_failed(&err) : EXIT_DONE;
}

static const struct option_spec compare_options[] = {
    {"key", "KEYFILE", "the key of both registers"},
    {"key-b", "KEYFILE", "the key of the newer one, if it is another"},
    {"json", NULL, "one JSON object"},
    {NULL, NULL, NULL},
};

const struct command command_register_compare = {
    .name = "register compare",
    .operands = "OLDER.tqr NEWER.tqr",
    .summary = "Say what changed between two sealed registers, in counts",
    .help = "Subjects added and removed, and of each field facts added, removed, closed (an\n"
            "interval has an end now) and changed in another way, and values that are new or\n"
            "lost. No value is shown.",
    .operands_min = 2,
    .operands_max = 2,
    .options = compare_options,
    .prints = true,
    .run = run_compare,
};
