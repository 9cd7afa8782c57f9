# grucc_add_model(LIBRARY INPUT [NAME name] [TARGET target] [OPTIONS option...])
#
# Compiles a network at build time and makes the static library LIBRARY of it:
#
#   find_package(grucc REQUIRED)
#   grucc_add_model(encoder encoder.safetensors)
#   target_link_libraries(program PRIVATE encoder)   # and #include "encoder.h"
#
#   INPUT    NETWORK.json, WEIGHTS.safetensors, MODEL.onnx or NETWORK.mlir; relative to
#            the current source directory
#   NAME     the symbol prefix and the header's stem; default: the target's name
#   TARGET   what the code runs on; the default follows the system that the project is
#            built for: x86-64-v3 (CPUs since about 2015), aarch64 or riscv64. Others:
#            x86-64-v2, x86-64-v4, riscv64-v, native (this machine), or a GPU: sm_80 and
#            the like
#   OPTIONS  more command-line options of grucc: --no-batch-first or --batch-first for
#            weights whose file does not say it, which grucc notes in every build
#
# The project's languages are C, C++ or both. The compiled code needs no library at
# all, the runtime included; link grucc::runtime too when the program uses
# grucc/runtime.h, as it does for a model on a GPU. In a build directory that has the
# target grucc, that compiler is used (and built first).
function(grucc_add_model library input)
  cmake_parse_arguments(arg "" "NAME;TARGET" "OPTIONS" ${ARGN})
  if(arg_UNPARSED_ARGUMENTS OR arg_KEYWORDS_MISSING_VALUES)
    message(FATAL_ERROR "grucc_add_model(${library}): found "
      "'${arg_UNPARSED_ARGUMENTS}${arg_KEYWORDS_MISSING_VALUES}', "
      "expected INPUT [NAME name] [TARGET target] [OPTIONS option...]")
  endif()
  if(NOT DEFINED arg_NAME)
    set(arg_NAME ${library})
  endif()
  grucc_find_language(${library} language)
  grucc_find_target(${library} ${language} "${arg_TARGET}" target)
  grucc_check_name(${library} "${arg_NAME}")
  grucc_check_options(${library} ${arg_OPTIONS})
  grucc_find_compiler(${library} compiler)
  get_filename_component(input ${input} ABSOLUTE BASE_DIR ${CMAKE_CURRENT_SOURCE_DIR})
  # A network's JSON names its weights file; both are remade when either changes.
  get_filename_component(folder ${input} DIRECTORY)
  set(weights)
  if(input MATCHES "\\.json$" AND EXISTS ${input})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${input})
    file(READ ${input} network)
    string(JSON weights ERROR_VARIABLE none GET "${network}" weights)
    if(none)
      set(weights)
    else()
      get_filename_component(weights ${weights} ABSOLUTE BASE_DIR ${folder})
    endif()
  endif()

  set(made ${CMAKE_CURRENT_BINARY_DIR}/${library}.model)
  file(MAKE_DIRECTORY ${made})
  add_custom_command(
    OUTPUT ${made}/${arg_NAME}.o ${made}/${arg_NAME}.h
    COMMAND ${compiler} ${input} -o ${made}/${arg_NAME}.o --header=${made}/${arg_NAME}.h
            --name=${arg_NAME} --target=${target} ${arg_OPTIONS}
    DEPENDS ${input} ${weights} ${compiler}
    COMMENT "Compiling the network ${arg_NAME}"
    VERBATIM)
  set_source_files_properties(${made}/${arg_NAME}.o PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
  add_library(${library} STATIC ${made}/${arg_NAME}.o ${made}/${arg_NAME}.h)
  set_target_properties(${library} PROPERTIES LINKER_LANGUAGE ${language})
  target_include_directories(${library} INTERFACE ${made})
  target_link_libraries(${library} INTERFACE grucc::headers)
endfunction()

# The target for the system that the project is built for; objects for another one would be
# refused by the linker at best.
function(grucc_find_target library language target result)
  set(found)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
    set(processor x86_64)
    set(usual x86-64-v3)
    set(fitting "native|x86-64-.*|sm_.*")
  elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
    set(processor aarch64)
    set(usual aarch64)
    set(fitting "native|aarch64.*")
  elseif(CMAKE_SYSTEM_PROCESSOR STREQUAL riscv64)
    set(processor riscv64)
    set(usual riscv64)
    set(fitting "native|riscv64.*")
  endif()
  if(NOT CMAKE_SYSTEM_NAME STREQUAL Linux OR NOT DEFINED processor)
    set(found "a build for ${CMAKE_SYSTEM_NAME} on '${CMAKE_SYSTEM_PROCESSOR}'")
  endif()
  # A compiler for another system without a toolchain file that says so.
  foreach(triple ${CMAKE_LIBRARY_ARCHITECTURE} ${CMAKE_${language}_COMPILER_TARGET})
    if(NOT found AND NOT triple MATCHES "^${processor}-.*linux")
      set(found "a compiler for ${triple}")
    endif()
  endforeach()
  if(found)
    message(FATAL_ERROR "grucc_add_model(${library}): found ${found}, expected 64-bit Linux on "
      "x86_64, aarch64 or riscv64, which grucc compiles for")
  endif()
  if(NOT target)
    set(target ${usual})
  elseif(NOT target MATCHES "^(${fitting})$")
    message(FATAL_ERROR "grucc_add_model(${library}): TARGET: found '${target}' in a build for "
      "${processor}, expected one for it, such as ${usual}")
  endif()
  set(${result} ${target} PARENT_SCOPE)
endfunction()

# grucc says the same of --name, but only when the project is built.
function(grucc_check_name library name)
  set(expected)
  if(NOT name MATCHES "^[A-Za-z_][A-Za-z0-9_]*$")
    set(expected "a C identifier")
  elseif(name MATCHES "^grucc(_.*)?$")
    set(expected "a name other than grucc and grucc_*")
  else()
    string(LENGTH "${name}" length)
    if(length GREATER 495) # grucc's own limit
      set(expected "at most 495 characters")
    endif()
  endif()
  if(expected)
    message(FATAL_ERROR
      "grucc_add_model(${library}): NAME: found '${name}', expected ${expected}")
  endif()
endfunction()

# What grucc_add_model gives itself cannot be given twice.
function(grucc_check_options library)
  foreach(option IN LISTS ARGN)
    if(option MATCHES "^(-o|--(name|target|header|emit|stop-after|tune))(=.*)?$")
      message(FATAL_ERROR "grucc_add_model(${library}): OPTIONS: found '${option}', expected "
        "NAME or TARGET for it: grucc_add_model says what is written, and where")
    endif()
  endforeach()
endfunction()

function(grucc_find_compiler library result)
  if(TARGET grucc)
    set(${result} grucc PARENT_SCOPE)
  elseif(TARGET grucc::grucc)
    set(${result} grucc::grucc PARENT_SCOPE)
  else()
    message(FATAL_ERROR "grucc_add_model(${library}): GRUCC_EXECUTABLE: found no file "
      "'${GRUCC_EXECUTABLE}', expected the grucc compiler")
  endif()
endfunction()

# What makes the library of one object that no compiler of the project has seen.
function(grucc_find_language library result)
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  foreach(language C CXX)
    if(language IN_LIST languages)
      set(${result} ${language} PARENT_SCOPE)
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "grucc_add_model(${library}): found a project of the languages "
    "'${languages}', expected C or CXX among them")
endfunction()
