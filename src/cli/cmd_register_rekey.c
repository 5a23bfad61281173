/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tahqiq register rekey */
#include <inttypes.h>
#include <stdio.h>

#include "cli/command.h"
#include "register/rekey.h"

static int run_rekey(const struct options *options)
{
    const struct command *command = &command_register_rekey;
    struct rekey_request request = {.path = options->operands[0],
                                    .key_path = option_value(command, options, "key"),
                                    .new_key_path = option_value(command, options, "new-key"),
                                    .out_path = option_value(command, options, "o")};
    uint64_t bytes = 0;
    struct tq_error err;

    if (!request.key_path || !request.new_key_path)
        return usage_failed(command, "--key KEYFILE and --new-key KEYFILE are needed");
    if (!request.out_path)
        request.out_path = request.path;
    if (register_rekey(&request, &bytes, &err) < 0)
        return command_failed(&err);
    (void)printf("%s: sealed with '%s', %" PRIu64 " bytes\n", request.out_path,
                 request.new_key_path, bytes);
    return EXIT_DONE;
}

static const struct option_spec rekey_options[] = {
    {"key", "KEYFILE", "the key it is sealed with"},
    {"new-key", "KEYFILE", "the key to seal it with; made if missing (mode 0600)"},
    {"o", "FILE.tqr", "where to write it; else the old file is replaced"},
    {NULL, NULL, NULL},
};

const struct command command_register_rekey = {
    .name = "register rekey",
    .operands = "FILE.tqr",
    .summary = "Seal a register with another key",
    .help = "Every chunk is authenticated, decrypted in memory and encrypted with the new key;\n"
            "nothing is written in the clear. The old file stays whole until the new one is\n"
            "complete. Destroy the old key once no file needs it.",
    .operands_min = 1,
    .operands_max = 1,
    .options = rekey_options,
    .run = run_rekey,
};
