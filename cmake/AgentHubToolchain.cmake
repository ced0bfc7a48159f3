# Warnings, sanitizers and the compiler cache: what every target of ours is compiled with.

add_library(agenthub_options INTERFACE)
target_include_directories(agenthub_options INTERFACE "${CMAKE_SOURCE_DIR}/src")
target_compile_options(agenthub_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
# Off in the release preset: GCC 12 at -O2 warns of overlong copies inside libstdc++ that cannot happen. The asan and
# fuzz presets, with GCC and Clang, keep warnings errors.
if(AGENTHUB_WERROR)
  target_compile_options(agenthub_options INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports these inside its own coroutine frames and in libstdc++; they say nothing about our code.
  target_compile_options(agenthub_options INTERFACE -Wno-maybe-uninitialized -Wno-restrict -Wno-mismatched-new-delete)
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # A file may switch off a warning that only GCC has.
  target_compile_options(agenthub_options INTERFACE -Wno-unknown-warning-option)
endif()
if(AGENTHUB_SANITIZE)
  target_compile_options(agenthub_options INTERFACE -fsanitize=${AGENTHUB_SANITIZE} -fno-sanitize-recover=all
                                                   -fno-omit-frame-pointer)
  target_link_options(agenthub_options INTERFACE -fsanitize=${AGENTHUB_SANITIZE})
endif()

if(AGENTHUB_FUZZ)
  # Tells the fuzzer which code an input reached.
  target_compile_options(agenthub_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # Paths below the source tree are made relative, so that two checkouts share their objects;
  # the sloppiness is what ccache's manual asks for with precompiled headers.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE_PROGRAM})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-fpch-preprocess)
  endif()
endif()

if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # A Clang precompiled header names its checkout and its time, so no two builds could share an object. Without it, this
  # is also the build that shows a file which forgot an include, and its compile commands suit clang-tidy.
  set(CMAKE_DISABLE_PRECOMPILE_HEADERS ON)
endif()
