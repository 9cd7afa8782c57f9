# grucc_tool(NAME SOURCES... [LINK libs...]): a program whose options stand in Options.td.
function(grucc_tool name)
  list(TRANSFORM LLVM_INCLUDE_DIRS PREPEND -I OUTPUT_VARIABLE llvm_includes)
  set(options ${CMAKE_CURRENT_BINARY_DIR}/Options.inc)
  add_custom_command(
    OUTPUT ${options}
    COMMAND ${LLVM_TOOLS_BINARY_DIR}/llvm-tblgen -gen-opt-parser-defs ${llvm_includes}
            ${CMAKE_CURRENT_SOURCE_DIR}/Options.td -o ${options}
    DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/Options.td
    VERBATIM)
  add_custom_target(${name}_options DEPENDS ${options})
  grucc_mlir_program(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE grucc_tool_support)
  add_dependencies(${name} ${name}_options)
  target_include_directories(${name} PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
endfunction()
