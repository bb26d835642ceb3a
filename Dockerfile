# Builds one image for three processes: the web process (the default command), the worker (node workers/main.ts) and
# the migration (node cli/causeway.ts migrate). docs/guide/containers.md says how to run it.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN node node_modules/vite/bin/vite.js build --logLevel warn
RUN npm prune --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM node:24-slim
# The processes write only to CAUSEWAY_HOME and to /tmp. The folder /app belongs to root, and they cannot change it.
RUN install -d -o 1000 -g 1000 /var/lib/causeway
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 CAUSEWAY_HOME=/var/lib/causeway HEARTBEAT_FILE=/tmp/causeway-worker
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/build ./build
COPY package.json server.ts LICENSE THIRD-PARTY-NOTICES.txt ./
COPY cli ./cli
COPY launcher ./launcher
COPY migrations ./migrations
COPY src/lib/domain ./src/lib/domain
COPY src/lib/server ./src/lib/server
COPY workers ./workers
# 1000 is the user `node` of the base image. A number lets Kubernetes check that the user is not root.
USER 1000:1000
EXPOSE 3000
CMD ["node", "server.ts"]
