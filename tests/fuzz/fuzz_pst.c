/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "fuzz_extract.h"

/* What the library loses on damaged files; the reader that lives long has a ceiling. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libolecf\nleak:libpff\n";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_format(&format_pst, data, size);
}
