/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Mailboxes of Outlook. No seed may be shipped; with a public file as one it goes deep. */
#include "fuzz_extract.h"
#include "fuzz_process.h"

/* What the library loses on damaged files; the reader that lives long has a ceiling. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libolecf\nleak:libpff\n";
}

static void read_one(const uint8_t *data, size_t size)
{
    (void)fuzz_format(&format_pst, data, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_in_process(read_one, data, size);
}
