/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tahqiq verify */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "base/file.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "cli/session.h"
#include "ledger/ledger_verify.h"
#include "store/vault.h"

static const struct option_spec verify_options[] = {
    {"json", NULL, "one JSON object"},
    {NULL, NULL, NULL},
};

struct verification {
    bool json;
    uint64_t faults;
    uint64_t entries;
    uint64_t exhibits;
    struct buf fault_list; /* JSON strings */
};

static void found_fault(void *state, const char *message)
{
    struct verification *verification = state;

    verification->faults++;
    if (verification->fault_list.length > 0)
        buf_add_byte(&verification->fault_list, ',');
    escape_json(&verification->fault_list, slice_of(message));
    if (!verification->json)
        complain("%s", message);
}

static int check_ledger(const char *folder, struct verification *verification, struct tq_error *err)
{
    CLEANUP(free_cleanup) char *path = file_join(folder, "ledger.jsonl");
    uint64_t faults;

    if (!path)
        return tq_no_memory(err);
    if (!file_exists(path)) {
        found_fault(verification, "the ledger is missing");
        return TQ_OK;
    }
    return ledger_verify(path, found_fault, NULL, verification, &verification->entries, &faults,
                         err);
}

/* Every exhibit's bytes are still what was taken. */
static int check_vault(struct session *session, const char *folder,
                       struct verification *verification, struct tq_error *err)
{
    struct exhibit_list list = {0};
    struct progress progress;
    int r = case_load_exhibits(session->store, &list, err);

    if (r < 0)
        return r;
    progress_start(&progress);
    for (size_t i = 0; i < list.count; i++) {
        struct tq_error fault;

        verification->exhibits++;
        progress_step(&progress, "verify", i + 1, list.count, "exhibits");
        if (list.primary[i] != i)
            continue;
        if (vault_check(folder, list.items[i].sha256, &fault) < 0) {
            CLEANUP(buf_clear_cleanup) struct buf message = {0};

            buf_add_text(&message, "exhibit '");
            escape_text(&message, slice_of(list.items[i].path));
            buf_format(&message, "': %s", fault.message);
            found_fault(verification, message.data ? message.data : fault.message);
        }
    }
    progress_end(&progress);
    exhibit_list_clear(&list);
    return TQ_OK;
}

static void print_result(const struct verification *verification)
{
    if (verification->json)
        (void)printf(
            "{\"ok\":%s,\"entries\":%" PRIu64 ",\"exhibits\":%" PRIu64 ",\"faults\":[%s]}\n",
            verification->faults ? "false" : "true", verification->entries, verification->exhibits,
            verification->fault_list.data ? verification->fault_list.data : "");
    else
        (void)printf("%s: %" PRIu64 " ledger entries, %" PRIu64 " exhibits, %" PRIu64 " faults\n",
                     verification->faults ? "FAULTY" : "whole", verification->entries,
                     verification->exhibits, verification->faults);
}

static int run_verify(const struct options *options)
{
    const char *folder = options->operands[0];
    struct verification verification = {.json = option_given(&command_verify, options, "json")};
    struct session session = {0};
    struct tq_error err;
    int r = session_open(folder, false, &session, &err);

    if (r == TQ_OK)
        r = check_ledger(folder, &verification, &err);
    if (r == TQ_OK)
        r = check_vault(&session, folder, &verification, &err);
    session_close(&session);
    if (r == TQ_OK)
        print_result(&verification);
    buf_clear(&verification.fault_list);
    if (r < 0)
        return command_failed(&err);
    return verification.faults ? EXIT_WORLD : EXIT_DONE;
}

const struct command command_verify = {
    .name = "verify",
    .operands = "CASE",
    .summary = "Check the ledger and the evidence of a case",
    .help =
        "Recomputes the hash chain of the ledger and the digest of every exhibit. Exit status 1\n"
        "if anything is not as it was.",
    .operands_min = 1,
    .operands_max = 1,
    .options = verify_options,
    .prints = true,
    .run = run_verify,
};
