# ff with its LibTorch, for CPU and CUDA. docker/README.md says how to use the image.
#
# What is inside is pinned by the tags below, scripts/requirements.txt (torch, numpy) and, for the
# system's packages, by the release of the base image. Any Debian or Ubuntu image serves as a base:
# without a CUDA toolkit in BASE the program is built for the CPU.
ARG BASE=nvidia/cuda:13.0.2-devel-ubuntu24.04
ARG RUNTIME=nvidia/cuda:13.0.2-base-ubuntu24.04

FROM ${BASE} AS build
ARG FF_COMMIT=""
WORKDIR /src
# The slow part, LibTorch, in a layer of its own that only its pins invalidate.
COPY scripts scripts
RUN scripts/setup.sh && rm -rf ~/.cache
COPY . .
RUN cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release -DFF_BUILD_TESTS=OFF \
      '-DFF_INSTALL_RPATH=$ORIGIN/../site/torch/lib' \
 && cmake --build build --target ff_cli \
 && cmake --install build --prefix /opt/ff --component program --strip
# LibTorch's libraries find NVIDIA's by the relative path that they have in Python's packages. A CPU
# build does not load the CUDA half of LibTorch, but its CPU half asks for libcudart and libcupti.
RUN mkdir -p /opt/ff/site/torch \
 && cd .venv/lib/python3*/site-packages \
 && mv torch/lib /opt/ff/site/torch/lib \
 && mv nvidia /opt/ff/site/nvidia

FROM ${RUNTIME}
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      ca-certificates dataset-fashion-mnist libcurl4 zlib1g \
      $(apt-cache --names-only search '^libpng16-16(t64)?$' | cut -d' ' -f1) \
      $(apt-cache --names-only search '^libjpeg(62-turbo|-turbo8)$' | cut -d' ' -f1) \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/ff /opt/ff
COPY configs /opt/ff/configs
COPY docker/entrypoint.sh /opt/ff/bin/entrypoint.sh
# Open to every user: a container is best run with the caller's own id, which no image can know.
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
