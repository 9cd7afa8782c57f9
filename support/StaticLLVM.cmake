# Links all of grucc's programs with archives: of LLVM and MLIR what they ask for, zlib and zstd, and
# the C++ library. LLVM's own lists of what an archive needs name its shared library; lld (which
# links here) looks for a symbol in all archives, in whatever order they come.
file(GLOB llvm_archives ${LLVM_LIBRARY_DIR}/libMLIR*.a ${LLVM_LIBRARY_DIR}/libLLVM*.a)
if(NOT llvm_archives)
  message(FATAL_ERROR "GRUCC_STATIC: found no libMLIR*.a in ${LLVM_LIBRARY_DIR}, expected those of "
                      "libmlir-22-dev and llvm-22-dev")
endif()
find_library(ZLIB_ARCHIVE libz.a REQUIRED)
find_library(ZSTD_ARCHIVE libzstd.a REQUIRED)
target_link_libraries(grucc_llvm INTERFACE ${llvm_archives} ${ZLIB_ARCHIVE} ${ZSTD_ARCHIVE})
target_link_libraries(grucc_mlir INTERFACE grucc_llvm)
add_compile_options(-ffunction-sections -fdata-sections)
add_link_options(-fuse-ld=lld -static-libstdc++ -static-libgcc -Wl,--gc-sections)
