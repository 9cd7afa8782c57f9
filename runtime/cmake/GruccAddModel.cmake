# grucc_add_model(LIBRARY INPUT [NAME name] [TARGET target] [OPTIONS option...])
#
# Compiles a network at build time and makes the static library LIBRARY of it:
#
#   find_package(grucc REQUIRED)
#   grucc_add_model(encoder encoder.safetensors TARGET x86-64-v3)
#   target_link_libraries(program PRIVATE encoder)   # and #include "encoder.h"
#
#   INPUT    NETWORK.json, WEIGHTS.safetensors or NETWORK.mlir; relative to the
#            current source directory
#   NAME     the symbol prefix and the header's stem; default: the target's name
#   TARGET   what the code runs on: x86-64-v2, x86-64-v3, x86-64-v4, native
#            (default: grucc's own default); or a GPU: sm_80 and the like
#   OPTIONS  more command-line options of grucc: --no-batch-first or --batch-first for
#            weights whose file does not say it, which grucc notes in every build
#
# The compiled code needs no library at all, the runtime included; link
# grucc::runtime too when the program uses grucc/runtime.h, as it does for a model
# on a GPU. In a build directory
# that has the target grucc, that compiler is used (and built first).
function(grucc_add_model library input)
  cmake_parse_arguments(arg "" "NAME;TARGET" "OPTIONS" ${ARGN})
  if(arg_UNPARSED_ARGUMENTS OR arg_KEYWORDS_MISSING_VALUES)
    message(FATAL_ERROR "grucc_add_model(${library}): found "
      "'${arg_UNPARSED_ARGUMENTS}${arg_KEYWORDS_MISSING_VALUES}', "
      "expected INPUT [NAME name] [TARGET target] [OPTIONS option...]")
  endif()
  if(NOT arg_NAME)
    set(arg_NAME ${library})
  endif()
  set(target_option)
  if(arg_TARGET)
    set(target_option --target=${arg_TARGET})
  endif()
  if(TARGET grucc)
    set(compiler grucc)
  else()
    set(compiler grucc::grucc)
  endif()
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
            --name=${arg_NAME} ${target_option} ${arg_OPTIONS}
    DEPENDS ${input} ${weights} ${compiler}
    COMMENT "Compiling the network ${arg_NAME}"
    VERBATIM)
  set_source_files_properties(${made}/${arg_NAME}.o PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
  add_library(${library} STATIC ${made}/${arg_NAME}.o ${made}/${arg_NAME}.h)
  set_target_properties(${library} PROPERTIES LINKER_LANGUAGE C)
  target_include_directories(${library} INTERFACE ${made})
  target_link_libraries(${library} INTERFACE grucc::headers)
endfunction()
