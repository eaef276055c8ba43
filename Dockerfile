# ff with LibTorch, for CPU and CUDA. Usage: docker/README.md.
#
# Versions are pinned by the tags below, scripts/requirements.txt (torch, numpy) and, for system
# packages, the release of the base image. Any Debian or Ubuntu image can be the base: without a
# CUDA toolkit in BASE the program is built for the CPU only.
ARG BASE=nvidia/cuda:13.0.2-devel-ubuntu24.04
ARG RUNTIME=nvidia/cuda:13.0.2-base-ubuntu24.04

FROM ${BASE} AS build
ARG FF_COMMIT=""
WORKDIR /src
# LibTorch in a separate layer, which only a change of its pinned versions invalidates.
COPY scripts scripts
RUN scripts/setup.sh && rm -rf ~/.cache
COPY . .
RUN cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release -DFF_BUILD_TESTS=OFF \
      '-DFF_INSTALL_RPATH=$ORIGIN/../site/torch/lib' \
 && cmake --build build --target ff_cli \
 && cmake --install build --prefix /opt/ff --component program --strip
# LibTorch's libraries find NVIDIA's by their relative path (rpath) in site-packages. A CPU build
# does not load LibTorch's CUDA libraries, but the CPU library links to libcudart and libcupti.
RUN mkdir -p /opt/ff/site/torch \
 && cd .venv/lib/python3*/site-packages \
 && mv torch/lib /opt/ff/site/torch/lib \
 && mv nvidia /opt/ff/site/nvidia

FROM ${RUNTIME}
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      ca-certificates dataset-fashion-mnist libcurl4 python3-matplotlib zlib1g \
      $(apt-cache --names-only search '^libpng16-16(t64)?$' | cut -d' ' -f1) \
      $(apt-cache --names-only search '^libjpeg(62-turbo|-turbo8)$' | cut -d' ' -f1) \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/ff /opt/ff
COPY configs /opt/ff/configs
COPY docker/entrypoint.sh /opt/ff/bin/entrypoint.sh
# World-writable, so that the container can run with the caller's user id (docker run --user).
RUN useradd --create-home --uid 10001 ff \
 && mkdir -m 1777 /data /runs \
 && ln -s /runs /opt/ff/runs \
 && ln -s /opt/ff/bin/ff /usr/local/bin/ff
ENV FF_DATA=/data
VOLUME ["/data", "/runs"]
WORKDIR /opt/ff
USER ff
ENTRYPOINT ["/opt/ff/bin/entrypoint.sh"]
CMD ["--help"]
