/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tahqiq register build, info, checks */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "base/pool.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "cli/session.h"
#include "normalise/scheme.h"
#include "register/build.h"
#include "register/info.h"

#define COMPLAINTS_SHOWN 20u

/* ---- build ---- */

struct building {
    struct progress progress;
    uint64_t complaints;
};

static void refuse_row(void *state, const char *message)
{
    struct building *building = state;

    building->complaints++;
    progress_end(&building->progress);
    if (building->complaints <= COMPLAINTS_SHOWN)
        complain("%s", message);
    else if (building->complaints == COMPLAINTS_SHOWN + 1)
        complain("further complaints are only counted");
}

static void reading_rows(void *state, const char *table, uint64_t rows, uint64_t rows_expected)
{
    struct building *building = state;

    progress_step(&building->progress, table, rows, rows_expected, "rows");
}

static int run_build(const struct options *options)
{
    const struct command *command = &command_register_build;
    struct build_request request = {.description_path = options->operands[0],
                                    .out_path = option_value(command, options, "o"),
                                    .key_path = option_value(command, options, "key"),
                                    .postgres = option_value(command, options, "postgres"),
                                    .allow_writable_role =
                                        option_given(command, options, "allow-writable-role"),
                                    .threads = pool_processors(),
                                    .complain = refuse_row,
                                    .progress = reading_rows};
    struct build_summary summary = {0};
    struct building building = {0};
    struct tq_error err;
    int r;

    if (!request.out_path || !request.key_path)
        return usage_failed(command, "-o FILE.tqr and --key KEYFILE are needed");
    if (strcmp(request.out_path, request.key_path) == 0)
        return usage_failed(command, "-o and --key name the same file");
    progress_start(&building.progress);
    request.state = &building;
    r = register_build(&request, &summary, &err);
    progress_end(&building.progress);
    if (r < 0)
        return command_failed(&err);
    warn_of_open_key(request.key_path);
    (void)printf("%s: %u tables, %" PRIu64 " rows, %" PRIu64 " facts, %" PRIu64 " bytes\n",
                 request.out_path, summary.table_count, summary.rows_read, summary.facts,
                 summary.bytes);
    if (summary.rows_refused > 0 || summary.cells_refused > 0)
        (void)printf("%" PRIu64 " rows and %" PRIu64 " cells of other rows could not be used\n",
                     summary.rows_refused, summary.cells_refused);
    return EXIT_DONE;
}

static const struct option_spec build_options[] = {
    {"o", "FILE.tqr", "the sealed register to write"},
    {"key", "KEYFILE", "32 random bytes; made if missing (mode 0600)"},
    {"postgres", "CONNINFO", "the database, as libpq takes it; no password in it"},
    {"allow-writable-role", NULL, "the database's role need not be one that only reads"},
    {NULL, NULL, NULL},
};

const struct command command_register_build = {
    .name = "register build",
    .operands = "DESCRIPTION.yaml",
    .summary = "Compile the institution's register into one sealed file",
    .help =
        "Reads the tables that the description names, normalises and indexes them, and writes\n"
        "one file that is encrypted and authenticated under the key. Rows that cannot be used\n"
        "are listed and counted. An old register stays whole until the new one is complete; any\n"
        "other file is refused. Tables of a PostgreSQL database are read as they stood at one\n"
        "moment, and nothing is written there.",
    .operands_min = 1,
    .operands_max = 1,
    .options = build_options,
    .run = run_build,
};

/* ---- info ---- */

static void print_field(const struct field_info *field)
{
    (void)printf("  %-12s %-22s %-12s %-11s %10" PRIu64 " facts %9u values %9u holders",
                 field->kind, field->name, field->type, field->category, field->facts,
                 field->values, field->holders);
    if (field->check && field->checked > 0)
        (void)printf("  %s %.2f %%", field->check,
                     100.0 * (double)field->check_passed / (double)field->checked);
    if (field->dangling > 0)
        (void)printf("  %u name no %s", field->dangling, field->ref_kind);
    (void)putchar('\n');
}

static void print_info(const struct reg *reg, const struct register_info *info)
{
    CLEANUP(buf_clear_cleanup) struct buf text = {0};

    escape_text(&text, slice_of(reg->name));
    (void)printf("%s: %" PRIu64 " facts\n", text.data ? text.data : "", info->facts);
    for (unsigned i = 0; i < reg->kind_count; i++)
        (void)printf("  %s: %u\n", reg->kinds[i].name, reg->kinds[i].subject_count);
    buf_empty(&text);
    moment_format(&text, reg->known_from);
    buf_add_text(&text, " to ");
    moment_format(&text, reg->known_to);
    (void)printf("  known times from %s\n", text.data ? text.data : "");
    for (unsigned i = 0; i < info->field_count; i++)
        print_field(&info->fields[i]);
}

static void add_field_json(struct buf *out, const struct field_info *field)
{
    buf_add_text(out, "{\"kind\":");
    escape_json(out, slice_of(field->kind));
    buf_add_text(out, ",\"name\":");
    escape_json(out, slice_of(field->name));
    buf_format(out,
               ",\"type\":\"%s\",\"category\":\"%s\",\"facts\":%" PRIu64
               ",\"values\":%u,\"keys\":%u,\"holders\":%u,\"checked\":%u,"
               "\"check_passed\":%u,\"dangling\":%u}",
               field->type, field->category, field->facts, field->values, field->keys,
               field->holders, field->checked, field->check_passed, field->dangling);
}

static void print_info_json(const struct reg *reg, const struct register_info *info)
{
    CLEANUP(buf_clear_cleanup) struct buf out = {0};

    buf_add_text(&out, "{\"name\":");
    escape_json(&out, slice_of(reg->name));
    buf_format(&out, ",\"facts\":%" PRIu64 ",\"kinds\":{", info->facts);
    for (unsigned i = 0; i < reg->kind_count; i++) {
        buf_add_text(&out, i ? "," : "");
        escape_json(&out, slice_of(reg->kinds[i].name));
        buf_format(&out, ":%u", reg->kinds[i].subject_count);
    }
    buf_add_text(&out, "},\"known_from\":\"");
    moment_format(&out, reg->known_from);
    buf_add_text(&out, "\",\"known_to\":\"");
    moment_format(&out, reg->known_to);
    buf_add_text(&out, "\",\"fields\":[");
    for (unsigned i = 0; i < info->field_count; i++) {
        buf_add_text(&out, i ? "," : "");
        add_field_json(&out, &info->fields[i]);
    }
    buf_add_text(&out, "]}\n");
    (void)fputs(out.data ? out.data : "", stdout);
}

static int run_info(const struct options *options)
{
    const char *key = option_value(&command_register_info, options, "key");
    struct register_info info;
    struct reg *reg = NULL;
    struct tq_error err;
    int r;

    if (!key)
        return usage_failed(&command_register_info, "--key KEYFILE is needed");
    r = register_open(options->operands[0], key, &reg, &err);
    if (r < 0)
        return command_failed(&err);
    r = register_info_make(reg, &info, &err);
    if (r == TQ_OK) {
        if (option_given(&command_register_info, options, "json"))
            print_info_json(reg, &info);
        else
            print_info(reg, &info);
        register_info_clear(&info);
    }
    (void)reg_free(reg);
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
    .help = "Subjects by kind, fields with facts, distinct values, holders, and how many\n"
            "identifiers pass the check rule of their scheme. No value is shown.",
    .operands_min = 1,
    .operands_max = 1,
    .options = info_options,
    .prints = true,
    .run = run_info,
};

/* ---- checks ---- */

static int run_checks(const struct options *options)
{
    (void)options;
    for (size_t i = 0; i < scheme_count(); i++) {
        const struct scheme *scheme = scheme_at(i);

        (void)printf("%-24s %c  %s\n", scheme->name, scheme->confidence, scheme->title);
    }
    return EXIT_DONE;
}

static const struct option_spec no_options[] = {{NULL, NULL, NULL}};

const struct command command_register_checks = {
    .name = "register checks",
    .operands = "",
    .summary = "List the identifier schemes that 'check:' may name",
    .help = "The letter is the confidence in the rule: H high, M medium, L low.",
    .operands_min = 0,
    .operands_max = 0,
    .options = no_options,
    .prints = true,
    .run = run_checks,
};
