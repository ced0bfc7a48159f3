# The libraries AgentHub stands on, all from the distribution; each as one target with a short name.

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(spdlog 1.10 REQUIRED)
find_package(OpenSSL 3.0 REQUIRED COMPONENTS SSL Crypto)
find_package(simdjson 3.0 REQUIRED)
find_package(SQLiteCpp 3.2 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
# Debian builds cpp-httplib as a shared library without a CMake package file.
find_path(HTTPLIB_INCLUDE_DIR httplib.h REQUIRED)
find_library(HTTPLIB_LIBRARY cpp-httplib REQUIRED)
add_library(agenthub_httplib INTERFACE)
target_include_directories(agenthub_httplib SYSTEM INTERFACE "${HTTPLIB_INCLUDE_DIR}")
# The feature macros must be those the library was built with: they change the layout of its classes.
target_compile_definitions(agenthub_httplib INTERFACE CPPHTTPLIB_OPENSSL_SUPPORT CPPHTTPLIB_ZLIB_SUPPORT
                                                      CPPHTTPLIB_BROTLI_SUPPORT)
target_link_libraries(agenthub_httplib INTERFACE "${HTTPLIB_LIBRARY}" OpenSSL::SSL OpenSSL::Crypto Threads::Threads)

# The core library alone: its CMake package would ask for civetweb and curl, which only its other libraries need.
find_path(PROMETHEUS_INCLUDE_DIR prometheus/text_serializer.h REQUIRED)
find_library(PROMETHEUS_CORE_LIBRARY prometheus-cpp-core REQUIRED)
add_library(agenthub_prometheus INTERFACE)
target_include_directories(agenthub_prometheus SYSTEM INTERFACE "${PROMETHEUS_INCLUDE_DIR}")
target_link_libraries(agenthub_prometheus INTERFACE "${PROMETHEUS_CORE_LIBRARY}")

# Asio and Beast are compiled once, in src/base/boost_impl.cpp.
add_library(agenthub_boost INTERFACE)
target_compile_definitions(
  agenthub_boost
  INTERFACE BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_BEAST_SEPARATE_COMPILATION
            BOOST_ALL_NO_LIB
            # Frames of coroutines come from operator new: aligned_alloc() passes glibc's fast paths by.
            $<$<CONFIG:Release>:BOOST_ASIO_DISABLE_STD_ALIGNED_ALLOC>
            $<$<CONFIG:Release>:BOOST_ASIO_DISABLE_BOOST_ALIGN>)
target_link_libraries(agenthub_boost INTERFACE Boost::headers Threads::Threads)

if(AGENTHUB_TESTS)
  find_package(GTest REQUIRED)
endif()
if(AGENTHUB_BENCH)
  find_package(benchmark REQUIRED)
endif()
