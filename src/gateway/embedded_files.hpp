// The files that AgentHub serves to browsers and carries within itself: its guides, and what its pages are made of.
// Constant data, written by cmake/EmbedFiles.cmake.

#pragma once

#include <span>
#include <string_view>

namespace agenthub {

struct EmbeddedFile {
    std::string_view name;  // of a guide "clients.md"; of a part its path below /static/
    std::string_view text;
};

std::span<const EmbeddedFile> embedded_guides() noexcept;  // docs/*.md, by name
std::span<const EmbeddedFile> embedded_parts() noexcept;   // src/gateway/static

// The file of that name; null when there is none.
inline const EmbeddedFile* find_embedded(std::span<const EmbeddedFile> files, std::string_view name) noexcept {
    for (const EmbeddedFile& file : files)
        if (file.name == name)
            return &file;
    return nullptr;
}

}  // namespace agenthub
