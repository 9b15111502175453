/* source.c - reads just enough C, within one line, to name the variable that a diagnostic of clang's is about. Where it
 * can't tell it says so: a name that is wrong would be worse than none. */
#define _GNU_SOURCE
#include "source.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static bool starts_name(char c)
{
    return is_word(c) && !isdigit((unsigned char)c);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The first place from `at` on, and the end of the last one before `at`, that is not blank. */
static size_t skip_blanks(const char *text, size_t at)
{
    while (is_blank(text[at]))
        at++;
    return at;
}

static size_t skip_blanks_back(const char *text, size_t at)
{
    while (at > 0 && is_blank(text[at - 1]))
        at--;
    return at;
}

static size_t word_end(const char *text, size_t at)
{
    while (is_word(text[at]))
        at++;
    return at;
}

static size_t word_start(const char *text, size_t end)
{
    while (end > 0 && is_word(text[end - 1]))
        end--;
    return end;
}

/* Where the bracket opens that closes just before `end`; `end` itself if that is not on this line. */
static size_t opening(const char *text, size_t end, char open, char close)
{
    int depth = 0;
    for (size_t at = end; at > 0; at--) {
        if (text[at - 1] == close)
            depth++;
        else if (text[at - 1] == open && --depth == 0)
            return at - 1;
    }
    return end;
}

/* Past the bracket that closes the one at `at`; `at` itself if that is not on this line. */
static size_t past_closing(const char *text, size_t at)
{
    int depth = 0;
    for (size_t i = at; text[i]; i++) {
        if (text[i] == '[')
            depth++;
        else if (text[i] == ']' && --depth == 0)
            return i + 1;
    }
    return at;
}

static void take(const char *text, size_t start, size_t end, char name[SOURCE_NAME])
{
    snprintf(name, SOURCE_NAME, "%.*s", (int)(end - start), text + start);
}

/* The name in `(name)`, whose closing bracket is before `end`. */
static void name_in_brackets(const char *text, size_t end, char name[SOURCE_NAME])
{
    size_t start = skip_blanks(text, opening(text, end, '(', ')') + 1), stop = word_end(text, start);
    if (starts_name(text[start]) && skip_blanks(text, stop) + 1 == end)
        take(text, start, stop, name);
}

/* The variable with which the operand begins that ends before `end`: s of `s.part[1].x`. */
static void name_before(const char *text, size_t end, char name[SOURCE_NAME])
{
    for (;;) {
        end = skip_blanks_back(text, end);
        while (end > 0 && text[end - 1] == ']') {
            size_t open = opening(text, end, '[', ']');
            if (open == end)
                return;
            end = skip_blanks_back(text, open);
        }
        if (end > 0 && text[end - 1] == ')') {
            name_in_brackets(text, end, name);
            return;
        }
        size_t start = word_start(text, end), before = skip_blanks_back(text, start);
        if (start == end || !starts_name(text[start]) || (before > 1 && memcmp(text + before - 2, "->", 2) == 0))
            return;
        if (before == 0 || text[before - 1] != '.') {
            take(text, start, end, name);
            return;
        }
        end = before - 1;
    }
}

/* The variable with which the operand at `at` begins. A call, or what a pointer leads to, has none. */
static void name_after(const char *text, size_t at, char name[SOURCE_NAME])
{
    while (text[at] == '(' || is_blank(text[at]))
        at++;
    size_t end = word_end(text, at), next = skip_blanks(text, end);
    if (starts_name(text[at]) && text[next] != '(' && strncmp(text + next, "->", 2) != 0)
        take(text, at, end, name);
}

static bool is_step(const char *text, size_t at)
{
    return strncmp(text + at, "++", 2) == 0 || strncmp(text + at, "--", 2) == 0;
}

static bool is_assignment(const char *text, size_t at)
{
    if (text[at] == '=')
        return text[at + 1] != '=';
    if (strncmp(text + at, "<<=", 3) == 0 || strncmp(text + at, ">>=", 3) == 0)
        return true;
    return text[at] && strchr("+-*/%&|^", text[at]) && text[at + 1] == '=';
}

void source_changed_name(const char *text, size_t at, char name[SOURCE_NAME])
{
    name[0] = '\0';
    if (is_word(text[at])) /* in a macro: all that this line shows is the macro's name */
        return;
    if (is_step(text, at)) {
        size_t next = skip_blanks(text, at + 2);
        if (starts_name(text[next]) || text[next] == '(') {
            name_after(text, next, name);
            return;
        }
    } else if (!is_assignment(text, at)) {
        return;
    }
    name_before(text, at, name);
}

bool source_address_name(const char *text, size_t at, char name[SOURCE_NAME])
{
    name[0] = '\0';
    if (text[at] != '&' || text[at + 1] == '&')
        return false;
    name_after(text, at + 1, name);
    return name[0] && text[at + strcspn(text + at, "[,);")] != '[';
}

bool source_element_changed(const char *text, size_t at, char name[SOURCE_NAME])
{
    size_t before = skip_blanks_back(text, at), end = word_end(text, at);
    bool element = before > 0 && text[before - 1] == '*';
    name[0] = '\0';
    if (!starts_name(text[at]))
        return false;
    take(text, at, end, name);
    for (end = skip_blanks(text, end); text[end] == '[' || text[end] == '.'; end = skip_blanks(text, end)) {
        size_t next = text[end] == '[' ? past_closing(text, end) : word_end(text, skip_blanks(text, end + 1));
        if (next == end)
            return false;
        element = true;
        end = next;
    }
    return element && (is_assignment(text, end) || is_step(text, end) || (before > 1 && is_step(text, before - 2)));
}

bool source_word_is(const char *text, size_t at, const char *word)
{
    return word_end(text, at) - at == strlen(word) && strncmp(text + at, word, strlen(word)) == 0;
}

bool source_declared_kept(const char *text, size_t at)
{
    for (size_t start = at; start > 0; start--) {
        char c = text[start - 1];
        if (c == ';' || c == '{' || c == '}')
            break;
        if ((start < 2 || !is_word(text[start - 2])) &&
            (source_word_is(text, start - 1, "sennit_kept") || source_word_is(text, start - 1, "kept") ||
             source_word_is(text, start - 1, "volatile") || source_word_is(text, start - 1, "SENNIT_KEPT_")))
            return true;
    }
    return false;
}

char *source_line(const char *file, long line)
{
    char *text = NULL;
    size_t room = 0;
    FILE *in = fopen(file, "r");
    if (!in)
        return NULL;
    while (line-- > 0) {
        if (getline(&text, &room, in) < 0) {
            free(text);
            text = NULL;
            break;
        }
    }
    fclose(in);
    if (text)
        text[strcspn(text, "\r\n")] = '\0';
    return text;
}
