# newsgrain in a container; docs/container.md says how it is used.
#
# Every package is one that requirements.lock names, with its hash. The first stage builds, and stays
# behind: the second has no build tools and no root.
FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml requirements.lock ./
RUN python -m pip install --no-cache-dir --require-hashes -c requirements.lock hatchling
RUN python -c "import tomllib; print('\n'.join(tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies']))" > dependencies.txt
RUN python -m venv /opt/newsgrain
RUN /opt/newsgrain/bin/python -m pip install --no-cache-dir --require-hashes -c requirements.lock -r dependencies.txt
COPY README.md LICENSE ./
COPY cleaners cleaners
COPY newsgrain newsgrain
COPY crawler crawler
RUN python -m pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir dist .
RUN /opt/newsgrain/bin/python -m pip install --no-cache-dir --no-deps dist/newsgrain-*.whl

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
