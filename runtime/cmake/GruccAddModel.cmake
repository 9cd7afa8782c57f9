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
#   TARGET   what the code runs on; the default is every level of the processor that the
#            project is built for, such as x86-64-v2,x86-64-v3,x86-64-v4, of which
#            NAME_select and the runtime take the best. Others: one or several, with commas
#            between, of those that grucc --print-targets lists for it, a GPU's, and native
#            (this machine alone). Without a system (CMAKE_SYSTEM_NAME is Generic) there is
#            no default: cortex-m4f, riscv32-imc, ...
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
  grucc_find_processor(${library} ${language} target)
  if(arg_TARGET)
    list(APPEND target --target=${arg_TARGET})
  elseif(CMAKE_SYSTEM_NAME STREQUAL Generic)
    message(FATAL_ERROR "grucc_add_model(${library}): TARGET: found none for a build without a "
      "system, expected one of those that grucc --print-targets --os=none lists")
  endif()
  grucc_check_name(${library} "${arg_NAME}")
  grucc_check_options(${library} ${arg_OPTIONS})
  grucc_find_compiler(${library} compiler)
  grucc_check_target(${library} ${compiler} ${target})
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
            --name=${arg_NAME} ${target} ${arg_OPTIONS}
    DEPENDS ${input} ${weights} ${compiler}
    COMMENT "Compiling the network ${arg_NAME}"
    VERBATIM)
  set_source_files_properties(${made}/${arg_NAME}.o PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
  add_library(${library} STATIC ${made}/${arg_NAME}.o ${made}/${arg_NAME}.h)
  set_target_properties(${library} PROPERTIES LINKER_LANGUAGE ${language})
  target_include_directories(${library} INTERFACE ${made})
  target_link_libraries(${library} INTERFACE grucc::headers)
endfunction()

# Options that name the system that the project is built for; objects for another one would be
# refused by the linker at best. What the project's compiler says comes first: it may be one for
# another system without a toolchain file that says so.
function(grucc_find_processor library language result)
  if(CMAKE_SYSTEM_NAME STREQUAL Generic) # a board: its processor's name says less than TARGET
    set(${result} --os=none PARENT_SCOPE)
    return()
  endif()
  set(system "${CMAKE_SYSTEM_NAME}")
  set(processor "${CMAKE_SYSTEM_PROCESSOR}")
  foreach(triple ${CMAKE_LIBRARY_ARCHITECTURE} ${CMAKE_${language}_COMPILER_TARGET})
    string(REGEX REPLACE "-.*" "" processor "${triple}")
    set(system "${triple}")
  endforeach()
  list(LENGTH CMAKE_OSX_ARCHITECTURES architectures)
  if(CMAKE_SYSTEM_NAME STREQUAL Darwin AND architectures GREATER 1)
    message(FATAL_ERROR "grucc_add_model(${library}): CMAKE_OSX_ARCHITECTURES: found "
      "'${CMAKE_OSX_ARCHITECTURES}', expected one for an object")
  elseif(CMAKE_SYSTEM_NAME STREQUAL Darwin AND architectures EQUAL 1)
    set(processor ${CMAKE_OSX_ARCHITECTURES})
  endif()
  if(system MATCHES "^Linux$|^Android$|-linux(-|$)")
    set(os linux)
  elseif(system MATCHES "[Ww]indows|mingw")
    set(os windows)
  elseif(system MATCHES "[Dd]arwin|macos")
    set(os macos)
  else()
    message(FATAL_ERROR "grucc_add_model(${library}): found a build for ${system}, expected one "
      "for Linux, Windows or macOS")
  endif()
  set(bytes 8)
  if(processor MATCHES "^arm" AND NOT processor MATCHES "^arm64")
    set(bytes 4)
  endif()
  if(CMAKE_SIZEOF_VOID_P AND NOT CMAKE_SIZEOF_VOID_P EQUAL bytes)
    message(FATAL_ERROR "grucc_add_model(${library}): found a build with pointers of "
      "${CMAKE_SIZEOF_VOID_P} bytes, expected ${bytes}, which ${processor} has")
  elseif(system MATCHES "eabi$")
    message(FATAL_ERROR "grucc_add_model(${library}): found a build for ${system}, expected one "
      "whose floating-point numbers are in registers, as of gnueabihf")
  endif()
  set(${result} --processor=${processor} --os=${os} PARENT_SCOPE)
endfunction()

# grucc says the same of TARGET, but only when the project is built; in a build directory that
# has the target grucc there may be none yet.
function(grucc_check_target library compiler)
  if(NOT compiler STREQUAL grucc::grucc)
    return()
  endif()
  execute_process(COMMAND ${GRUCC_EXECUTABLE} --print-targets ${ARGN}
    RESULT_VARIABLE status OUTPUT_QUIET ERROR_VARIABLE error ERROR_STRIP_TRAILING_WHITESPACE)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "grucc_add_model(${library}): ${error}")
  endif()
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
    if(length GREATER 484) # grucc's own limit, with the names of several targets
      set(expected "at most 484 characters")
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
    if(option MATCHES "^(-o|--(name|target|processor|os|header|emit|stop-after|tune))(=.*)?$")
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
