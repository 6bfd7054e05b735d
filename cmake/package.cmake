# What makes an installed tree usable: a CMake package, pkg-config files, the browser client.

include(CMakePackageConfigHelpers)
set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/socketio")

install(EXPORT socketio NAMESPACE socketio:: FILE socketio-targets.cmake DESTINATION "${package_dir}")
configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/socketio-config.cmake.in" "${PROJECT_BINARY_DIR}/socketio-config.cmake"
  INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file(
  "${PROJECT_BINARY_DIR}/socketio-config-version.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/socketio-config.cmake"
              "${PROJECT_BINARY_DIR}/socketio-config-version.cmake"
        DESTINATION "${package_dir}")

# The libraries are static, so what they need in turn is part of every link. The way back to the
# prefix is relative, so that the tree can be moved.
set(pkgconfig_dir "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
file(RELATIVE_PATH up_to_prefix "/${pkgconfig_dir}" /)

function(install_pkg_config name description libs requires)
  set(file "${PROJECT_BINARY_DIR}/${name}.pc")
  file(CONFIGURE OUTPUT "${file}" CONTENT [[
prefix=${pcfiledir}/@up_to_prefix@
Name: @name@
Description: @description@
Version: @PROJECT_VERSION@
Requires: @requires@
Cflags: -I${prefix}/@CMAKE_INSTALL_INCLUDEDIR@
Libs: -L${prefix}/@CMAKE_INSTALL_LIBDIR@ @libs@
]] @ONLY)
  install(FILES "${file}" DESTINATION "${pkgconfig_dir}")
endfunction()

install_pkg_config(engineio "Engine.IO server" "-lengineio -pthread" "openssl zlib")
install_pkg_config(socketio "Socket.IO server" -lsocketio engineio)
if(TARGET adapters)
  install_pkg_config(socketio_adapters "Cluster adapters for the Socket.IO server"
                     -lsocketio_adapters "socketio hiredis")
endif()

install(DIRECTORY "${SOCKETIO_CLIENT_FILES}/" DESTINATION "${CMAKE_INSTALL_DATADIR}/socketio/client"
        OPTIONAL)
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
