/* program.c - whether the checker can get into a program: by a look at its ELF file. */
#define _GNU_SOURCE
#include "cli.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct image {
    const char *start;
    size_t size;
};

/* A part of the file, or NULL if the file is not as large as that. */
static const void *part(const struct image *image, uint64_t offset, uint64_t size)
{
    return offset <= image->size && size <= image->size - offset ? image->start + offset : NULL;
}

static const Elf64_Ehdr *header_of(const struct image *image)
{
    const Elf64_Ehdr *header = part(image, 0, sizeof *header);
    bool is_elf = header && memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 && header->e_ident[EI_CLASS] == ELFCLASS64;
    return is_elf && (header->e_type == ET_EXEC || header->e_type == ET_DYN) ? header : NULL;
}

static bool is_dynamic(const struct image *image)
{
    const Elf64_Ehdr *header = header_of(image);
    const Elf64_Phdr *segments = part(image, header->e_phoff, (uint64_t)header->e_phnum * sizeof *segments);
    for (int i = 0; segments && i < header->e_phnum; i++)
        if (segments[i].p_type == PT_INTERP)
            return true;
    return false;
}

/* Whether the table of symbols has that one, and, if so `defined`, defines it. */
static bool has_in(const struct image *image, const Elf64_Shdr *table, const Elf64_Shdr *sections, int count,
                   const char *wanted, bool defined)
{
    size_t length = strlen(wanted) + 1;
    const Elf64_Sym *symbols = part(image, table->sh_offset, table->sh_size);
    if (!symbols || table->sh_link >= (unsigned)count)
        return false;
    const Elf64_Shdr *names_section = &sections[table->sh_link];
    const char *names = part(image, names_section->sh_offset, names_section->sh_size);
    for (size_t i = 0; names && i < table->sh_size / sizeof *symbols; i++)
        if ((!defined || symbols[i].st_shndx != SHN_UNDEF) && names_section->sh_size >= length &&
            symbols[i].st_name <= names_section->sh_size - length &&
            memcmp(names + symbols[i].st_name, wanted, length) == 0)
            return true;
    return false;
}

static bool has_symbol(const struct image *image, const char *wanted, bool defined)
{
    const Elf64_Ehdr *header = header_of(image);
    const Elf64_Shdr *sections = part(image, header->e_shoff, (uint64_t)header->e_shnum * sizeof *sections);
    for (int i = 0; sections && i < header->e_shnum; i++)
        if ((sections[i].sh_type == SHT_SYMTAB || sections[i].sh_type == SHT_DYNSYM) &&
            has_in(image, &sections[i], sections, header->e_shnum, wanted, defined))
            return true;
    return false;
}

static int judge(const char *path, const struct image *image)
{
    if (!header_of(image))
        return complain(STATUS_USAGE, "check: %s is neither a C file (FILE.c) nor a program of this machine", path);
    if (!is_dynamic(image))
        return complain(STATUS_CANNOT,
                        "check: %s is linked statically, and the checker can't get into it; link it without -static",
                        path);
    if (has_symbol(image, "__asan_init", false) || has_symbol(image, "__tsan_init", false))
        return complain(STATUS_CANNOT,
                        "check: %s is built for a sanitizer, which takes the same functions; build it without", path);
    if (has_symbol(image, "sennit_lock_acquire_at", true))
        return complain(STATUS_CANNOT,
                        "check: %s has libsennit.a inside, which the checker can't take the place of; link it with the "
                        "shared library (-lsennit), or check the C file",
                        path);
    if (access(path, X_OK) != 0)
        return complain(STATUS_USAGE, "check: can't execute %s: %s", path, strerror(errno));
    return STATUS_OK;
}

int look_at_program(const char *path)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status) != 0) {
        int error = errno;
        if (fd >= 0)
            close(fd);
        return complain(STATUS_USAGE, "check: can't read %s: %s", path, strerror(error));
    }
    struct image image = {.size = (size_t)status.st_size};
    void *map = image.size ? mmap(NULL, image.size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    close(fd);
    if (map == MAP_FAILED)
        return complain(STATUS_USAGE, "check: %s is neither a C file (FILE.c) nor a program of this machine", path);
    image.start = map;
    int outcome = judge(path, &image);
    munmap(map, image.size);
    return outcome;
}
