# The Journeyman worker and command line. Build: docker build -t journeyman .
# glibc is needed: the Temporal SDK's native core does not run on musl (Alpine).
FROM node:22.23.2-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev
COPY tsconfig.json tsconfig.build.json ./
COPY src src
# Compiles, and bundles the workflows ahead of time, so that a worker starts without webpack.
RUN npm run build && npm prune --omit=dev

FROM node:22.23.2-bookworm-slim
# The native core reads the system's certificates for TLS; the slim image has none.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production
WORKDIR /app
COPY package.json ./
COPY schemas schemas
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
USER node
EXPOSE 9464
# Absolute, because journeyman.config.json is read from the working directory, which may be a mounted folder.
ENTRYPOINT ["node", "/app/dist/cli/main.js"]
CMD ["worker"]
