/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/multibyte.h"

#include <errno.h>
#include <iconv.h>
#include <stddef.h>
#include <stdint.h>
#include <strings.h>

#define BLOCK_BYTES 4096u
#define LABELS_MAX  8

struct multibyte {
    const char *name;               /* for iconv */
    unsigned char katakana[2];      /* bytes from and to which are letters by themselves; 0: none */
    const char *labels[LABELS_MAX]; /* the rest NULL */
};

static const struct multibyte encodings[] = {
    {"CP932",
     {0xA1, 0xDF},
     {"shift_jis", "shift-jis", "sjis", "x-sjis", "windows-31j", "cp932", "932"}},
    {"EUC-JP", {0}, {"euc-jp", "x-euc-jp", "eucjp", "51932"}},
    {"ISO-2022-JP-2", {0}, {"iso-2022-jp", "iso-2022-jp-1", "iso-2022-jp-2", "csiso2022jp"}},
    {"GB18030", {0}, {"gb2312", "gbk", "gb18030", "cp936", "936", "x-gbk", "54936"}},
    {"BIG5-HKSCS", {0}, {"big5", "big5-hkscs", "cp950", "950", "x-x-big5", "csbig5"}},
    {"UHC", {0}, {"euc-kr", "ks_c_5601-1987", "ksc5601", "cp949", "949", "windows-949"}},
    {"ISO-2022-KR", {0}, {"iso-2022-kr", "csiso2022kr"}},
};

const struct multibyte *multibyte_find(struct slice label)
{
    for (size_t i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++) {
        for (size_t k = 0; k < LABELS_MAX && encodings[i].labels[k]; k++) {
            struct slice known = slice_of(encodings[i].labels[k]);

            if (label.length == known.length
                && strncasecmp(label.data, known.data, label.length) == 0)
                return &encodings[i];
        }
    }
    return NULL;
}

bool multibyte_is_lead(const struct multibyte *encoding, unsigned char byte)
{
    if (byte >= encoding->katakana[0] && byte <= encoding->katakana[1])
        return false;
    return byte >= 0x81 && byte <= 0xFE;
}

static void add_without_nul(struct buf *out, struct slice text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i])
            buf_add_byte(out, text.data[i]);
    }
}

static void convert(iconv_t converter, struct buf *out, struct slice bytes)
{
    char *from = (char *)(uintptr_t)bytes.data, block[BLOCK_BYTES];
    size_t left = bytes.length;

    while (left > 0) {
        char *to = block;
        size_t room = sizeof(block);
        size_t r = iconv(converter, &from, &left, &to, &room);

        add_without_nul(out, slice_make(block, (size_t)(to - block)));
        if (r != (size_t)-1 || errno == E2BIG)
            continue;
        buf_add_code_point(out, 0xFFFD); /* a byte that means nothing, or a cut character */
        from++;
        left--;
    }
}

bool multibyte_add(struct buf *out, struct slice bytes, const struct multibyte *encoding)
{
    iconv_t converter;

    converter = iconv_open("UTF-8", encoding->name);
    if (converter == (iconv_t)-1)
        return false;
    convert(converter, out, bytes);
    (void)iconv_close(converter);
    return true;
}

void multibyte_prepare(void)
{
    for (size_t i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++)
        (void)iconv_open("UTF-8", encodings[i].name); /* stays open, so its tables stay loaded */
}
