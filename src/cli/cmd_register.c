/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tahqiq register build, checks */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "cli/session.h"
#include "normalise/scheme.h"
#include "register/build.h"

#define COMPLAINTS_SHOWN 20u
#define MARGIN_DAYS      2 /* a transaction of a night, and a time that is a day of any zone */
#define MARGIN_DAYS_MAX  36500
#define MINUTES_OF_DAY   (24 * 60)

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

static void tell_note(void *state, const char *message)
{
    struct building *building = state;

    progress_end(&building->progress);
    complain("%s", message);
}

/* `--margin DAYS`; false: it is no such number. */
static bool read_margin(const char *text, int32_t *out_minutes)
{
    char *end = NULL;
    long days = MARGIN_DAYS;

    if (text)
        days = strtol(text, &end, 10);
    if (text && (end == text || *end != '\0'))
        return false;
    *out_minutes = (int32_t)(days * MINUTES_OF_DAY);
    return days >= 0 && days <= MARGIN_DAYS_MAX;
}

static int run_build(const struct options *options)
{
    const struct command *command = &command_register_build;
    struct build_request request = {
        .description_path = options->operands[0],
        .out_path = option_value(command, options, "o"),
        .key_path = option_value(command, options, "key"),
        .postgres = option_value(command, options, "postgres"),
        .allow_writable_role = option_given(command, options, "allow-writable-role"),
        .fingerprints_only = option_given(command, options, "fingerprints-only"),
        .since_path = option_value(command, options, "since"),
        .threads = pool_processors(),
        .complain = refuse_row,
        .note = tell_note,
        .progress = reading_rows};
    struct build_summary summary = {0};
    struct building building = {0};
    struct tq_error err;
    int r;

    if (!request.out_path || !request.key_path)
        return usage_failed(command, "-o FILE.tqr and --key KEYFILE are needed");
    if (strcmp(request.out_path, request.key_path) == 0)
        return usage_failed(command, "-o and --key name the same file");
    if (!read_margin(option_value(command, options, "margin"), &request.margin_minutes))
        return usage_failed(command, "--margin takes a number of days, as 7");
    if (!request.since_path && option_given(command, options, "margin"))
        return usage_failed(command, "--margin is of use with --since only");
    progress_start_logged(&building.progress);
    request.state = &building;
    r = register_build(&request, &summary, &err);
    progress_end(&building.progress);
    if (r < 0)
        return command_failed(&err);
    warn_of_open_key(request.key_path);
    (void)printf("%s: %u tables, %" PRIu64 " rows, %" PRIu64 " facts, %" PRIu64 " bytes\n",
                 request.out_path, summary.table_count, summary.rows_read, summary.facts,
                 summary.bytes);
    if (request.since_path)
        (void)printf("refreshed from %s: %u of %u tables by what changed\n", request.since_path,
                     summary.changed_table_count, summary.table_count);
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
    {"since", "OLD.tqr", "read only what changed since this register was built"},
    {"margin", "DAYS", "with --since: read changes again from so long before; 2 unless given"},
    {"fingerprints-only", NULL, "hold no value, only keyed fingerprints to match with"},
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
