/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tahqiq register check: how a register stands against consistency rules */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/escape.h"
#include "base/pool.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "rules/check.h"

DEFINE_CLEANUP(struct reg *, reg_free)
DEFINE_CLEANUP(struct rule_set *, rule_set_free)
DEFINE_CLEANUP(struct rule_binding *, rule_binding_free)

static const struct option_spec check_options[] = {
    {"key", "KEYFILE", "the key it was built with"},
    {"rules", "RULES.yaml", "rules of your own (default: those that come with the program)"},
    {"today", "DATE", "the day that counts as today (default: today)"},
    {"json", NULL, "one JSON object"},
    {NULL, NULL, NULL},
};

static void checking(void *state, const char *stage, uint64_t done, uint64_t total)
{
    progress_step(state, stage, done, total, "subjects");
}

/* ---- as text ---- */

static double share_of(const struct rule_count *count)
{
    return count->facts ? (double)count->failed / (double)count->facts : 0;
}

static void print_text(const struct rule_binding *binding, const struct rule_count *counts)
{
    size_t skipped = 0;

    (void)printf("%-30s %-6s %12s %12s %9s %12s %12s\n", "rule", "", "facts tested", "failed",
                 "share", "subjects", "failed");
    for (size_t i = 0; i < binding->set->rule_count; i++) {
        const struct bound_rule *bound = &binding->rules[i];

        if (bound->slot_count == 0) {
            skipped++;
            continue;
        }
        (void)printf("%-30s %-6s %12" PRIu64 " %12" PRIu64 " %7.3f %% %12" PRIu64 " %12" PRIu64
                     "\n",
                     bound->rule->name, bound->rule->must ? "must" : "should", counts[i].facts,
                     counts[i].failed, 100 * share_of(&counts[i]), counts[i].subjects,
                     counts[i].subjects_failed);
    }
    if (skipped > 0)
        (void)printf("\nnot applied:\n");
    for (size_t i = 0; i < binding->set->rule_count; i++) {
        CLEANUP(buf_clear_cleanup) struct buf why = {0};

        if (binding->rules[i].slot_count > 0)
            continue;
        escape_text(&why, slice_of(binding->rules[i].skipped));
        (void)printf("%-30s %s\n", binding->rules[i].rule->name, why.data ? why.data : "");
    }
}

/* ---- as JSON ---- */

static void add_rule_json(struct buf *out, const struct bound_rule *bound,
                          const struct rule_count *count)
{
    buf_add_text(out, "{\"rule\":");
    escape_json(out, slice_of(bound->rule->name));
    buf_add_text(out, ",\"about\":");
    escape_json(out, slice_of(bound->rule->about[LANGUAGE_EN]));
    buf_format(out, ",\"strength\":\"%s\"", bound->rule->must ? "must" : "should");
    if (bound->slot_count == 0) {
        buf_add_text(out, ",\"skipped\":");
        escape_json(out, slice_of(bound->skipped));
    } else {
        buf_format(out,
                   ",\"facts\":%" PRIu64 ",\"failed\":%" PRIu64 ",\"untested\":%" PRIu64
                   ",\"share\":%.6f,\"subjects\":%" PRIu64 ",\"subjects_failed\":%" PRIu64,
                   count->facts, count->failed, count->untested, share_of(count), count->subjects,
                   count->subjects_failed);
    }
    buf_add_byte(out, '}');
}

static int print_json(const struct rule_binding *binding, const struct rule_count *counts,
                      struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf out = {0};

    buf_add_text(&out, "{\"register\":");
    escape_json(&out, slice_of(binding->reg->name));
    buf_add_text(&out, ",\"rules\":[");
    for (size_t i = 0; i < binding->set->rule_count; i++) {
        buf_add_text(&out, i ? "," : "");
        add_rule_json(&out, &binding->rules[i], &counts[i]);
    }
    buf_add_text(&out, "]}\n");
    int r = buf_check(&out, err);

    if (r == TQ_OK)
        (void)fwrite(out.data, 1, out.length, stdout);
    return r;
}

/* ---- the command ---- */

static int count_failures(const struct rule_binding *binding, int32_t today,
                          struct rule_count *counts, struct tq_error *err)
{
    struct progress progress;
    struct rule_check check = {.binding = binding,
                               .threads = pool_processors(),
                               .today = today,
                               .progress = checking,
                               .state = &progress};
    int r;

    progress_start(&progress);
    r = rule_check_run(&check, counts, err);
    progress_end(&progress);
    return r;
}

static int check_register(const struct options *options, int32_t today, struct tq_error *err)
{
    const struct command *command = &command_register_check;
    const char *rules = option_value(command, options, "rules");
    CLEANUP(reg_free_cleanup) struct reg *reg = NULL;
    CLEANUP(rule_set_free_cleanup) struct rule_set *set = NULL;
    CLEANUP(rule_binding_free_cleanup) struct rule_binding *binding = NULL;
    CLEANUP(free_cleanup) struct rule_count *counts = NULL;
    int r = reg_open(options->operands[0], option_value(command, options, "key"), &reg, err);

    if (r == TQ_OK)
        r = rule_set_open(rules, reg->country_code, &set, err);
    if (r == TQ_OK)
        r = rule_binding_new(set, reg, &binding, err);
    if (r < 0)
        return r;
    counts = alloc_zeroed(set->rule_count + 1, sizeof(*counts));
    if (!counts)
        return tq_no_memory(err);
    r = count_failures(binding, today, counts, err);
    if (r < 0)
        return r;
    if (option_given(command, options, "json"))
        return print_json(binding, counts, err);
    print_text(binding, counts);
    return TQ_OK;
}

/* False if it is no date. */
static bool read_today(const char *text, int32_t *out_today)
{
    int32_t day;

    *out_today = (int32_t)(time(NULL) / 60);
    if (!text)
        return true;
    if (!rule_date_parse(slice_of(text), &day))
        return false;
    *out_today = (day + 1) * 1440 - 1; /* the whole day counts */
    return true;
}

static int run_check(const struct options *options)
{
    const struct command *command = &command_register_check;
    struct tq_error err;
    int32_t today;

    if (!option_value(command, options, "key")) {
        complain("register check: --key KEYFILE is needed");
        return EXIT_USAGE;
    }
    if (!read_today(option_value(command, options, "today"), &today)) {
        complain("register check: --today wants a date as 2025-04-08");
        return EXIT_USAGE;
    }
    return check_register(options, today, &err) < 0 ? command_failed(&err) : EXIT_DONE;
}

const struct command command_register_check = {
    .name = "register check",
    .operands = "FILE.tqr",
    .summary = "Count where a sealed register breaks the rules of its branches",
    .help = "Rules are data: what a field must or should be like beside other fields, times and\n"
            "amounts by date. For each rule it counts the facts and subjects that were tested and\n"
            "those that fail. No value is shown, and failures do not change the exit status.",
    .operands_min = 1,
    .operands_max = 1,
    .options = check_options,
    .prints = true,
    .run = run_check,
};
