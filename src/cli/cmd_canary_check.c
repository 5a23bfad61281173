/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tahqiq canary check: whose export is in a leak */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "canary/result.h"
#include "cli/canary_text.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "cli/session.h"
#include "register/key_file.h"

DEFINE_CLEANUP(struct canary_plan *, canary_plan_free)
DEFINE_CLEANUP(struct canary_search *, canary_search_free)

static const struct option_spec check_options[] = {
    {"key", "KEYFILE", "the key they were made with"},
    {"json", NULL, "one JSON object"},
    {NULL, NULL, NULL},
};

static void searching(void *state, uint64_t done, uint64_t total)
{
    progress_step(state, "canaries", done, total, "tables and documents");
}

static int search_case(struct canary_search *search, struct case_store *store,
                       const struct exhibit_list *exhibits, struct canary_scope *out_scope,
                       struct tq_error *err)
{
    struct progress progress;
    struct canary_request request = {
        .store = store, .exhibits = exhibits, .progress = searching, .state = &progress};
    int r;

    progress_start(&progress);
    r = canary_search_case(search, &request, out_scope, err);
    progress_end(&progress);
    return r;
}

static int check_was_examined(struct case_store *store, const char *folder, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf examined = {0};
    int r = case_get_value(store, "examined", &examined, err);

    if (r == TQ_OK && examined.length == 0)
        return tq_fail(err, TQ_E_USAGE,
                       "case '%s' was not examined yet: 'tahqiq examine' it first, else there is "
                       "nothing to look through",
                       folder);
    return r;
}

static int print_results(const struct options *options, struct canary_report *report,
                         struct tq_error *err)
{
    CLEANUP(free_cleanup) struct canary_result *results = NULL;
    CLEANUP(buf_clear_cleanup) struct buf text = {0};
    int r = canary_results_new(report->search, &results, err);

    if (r < 0)
        return r;
    report->results = results;
    if (option_given(&command_canary_check, options, "json"))
        canary_report_json(report, &text);
    else
        canary_report_text(report, &text);
    r = buf_check(&text, err);
    if (r == TQ_OK)
        (void)fwrite(text.data, 1, text.length, stdout);
    return r;
}

static int check_case(const struct options *options, const struct session *session,
                      const struct canary_plan *plan, const uint8_t key[CANARY_KEY_BYTES],
                      struct tq_error *err)
{
    CLEANUP(canary_search_free_cleanup) struct canary_search *search = NULL;
    struct exhibit_list exhibits = {0};
    struct canary_report report = {.plan = plan, .exhibits = &exhibits};
    int r = check_was_examined(session->store, options->operands[1], err);

    if (r == TQ_OK)
        r = canary_search_new(plan, key, &search, err);
    if (r == TQ_OK)
        r = case_load_exhibits(session->store, &exhibits, err);
    if (r == TQ_OK)
        r = search_case(search, session->store, &exhibits, &report.scope, err);
    if (r == TQ_OK) {
        report.search = search;
        canary_key_id(key, report.key_id);
        r = print_results(options, &report, err);
    }
    exhibit_list_clear(&exhibits);
    return r;
}

static int check(const struct options *options, uint8_t key[CANARY_KEY_BYTES], struct tq_error *err)
{
    const char *key_path = option_value(&command_canary_check, options, "key");
    CLEANUP(canary_plan_free_cleanup) struct canary_plan *plan = NULL;
    struct session session = {0};
    int r = canary_plan_load(options->operands[0], &plan, err);

    if (r == TQ_OK)
        r = key_file_load(key_path, key, err);
    if (r == TQ_OK)
        r = canary_plan_check_key(plan, key, err);
    if (r < 0)
        return r;
    warn_of_open_key(key_path);
    r = session_open(options->operands[1], false, &session, err);
    if (r == TQ_OK)
        r = check_case(options, &session, plan, key, err);
    session_close(&session);
    return r;
}

static int run_check(const struct options *options)
{
    const struct command *command = &command_canary_check;
    uint8_t key[CANARY_KEY_BYTES] = {0};
    struct tq_error err;
    int r;

    if (!option_given(command, options, "key"))
        return usage_failed(command, "--key KEYFILE is needed");
    r = check(options, key, &err);
    sodium_memzero(key, sizeof(key));
    return r < 0 ? command_failed(&err) : EXIT_DONE;
}

const struct command command_canary_check = {
    .name = "canary check",
    .operands = "PLAN.yaml CASE",
    .summary = "Look in a case for the false persons of each export",
    .help = "For each recipient of the plan: how many of its canaries are in the rows and pages\n"
            "of the case and where, which share of its export that suggests, how likely it is by\n"
            "accident, and since when. Nothing is written into the case, and no value is shown;\n"
            "but the places that are shown point at canaries: keep the result out of reports.",
    .operands_min = 2,
    .operands_max = 2,
    .options = check_options,
    .prints = true,
    .run = run_check,
};
