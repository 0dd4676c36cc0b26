# newsgrain in a container; docs/container.md says how it is used.
#
# Every package has its hash in requirements-runtime.lock. The first stage builds, and stays behind: the
# second has no build tools and no root.
FROM python:3.12-slim AS build
WORKDIR /src
COPY requirements-runtime.lock ./
RUN python -m venv /opt/newsgrain
RUN /opt/newsgrain/bin/python -m pip install --no-cache-dir --require-hashes -r requirements-runtime.lock
COPY pyproject.toml README.md LICENSE ./
COPY cleaners cleaners
COPY newsgrain newsgrain
COPY crawler crawler
RUN /opt/newsgrain/bin/python -m pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.12-slim
COPY --from=build /opt/newsgrain /opt/newsgrain
# A number, so that a cluster can see that it is not root; the home is for caches of libraries only.
RUN install --directory --owner 10001 --group 10001 /workspace
USER 10001:10001
ENV HOME=/tmp PATH=/opt/newsgrain/bin:$PATH PYTHONUNBUFFERED=1
WORKDIR /workspace
VOLUME /workspace
ENTRYPOINT ["newsgrain"]
CMD ["--help"]
