// GraphQL resolvers: one HTTP route serves all operations, so the resolvers are the endpoints.
// Run: node docs/examples/jobs/graphql.mjs
import { buildSchema, graphql } from 'graphql';
import { EndpointProfiler, profileEndpoint } from 'heaptide';

const profiler = EndpointProfiler.getInstance({ enabled: true });

const schema = buildSchema(`
  type Order { id: ID! total: Int! }
  type Query { order(id: ID!): Order orders(first: Int!): [Order!]! }
`);

/** Wraps every resolver under its own name. */
const profiled = (type, resolvers) =>
  Object.fromEntries(
    Object.entries(resolvers).map(([field, resolve]) => [
      field,
      profileEndpoint(`${type}.${field}`)(resolve),
    ]),
  );

const rootValue = profiled('Query', {
  order: async ({ id }) => ({ id, total: 42 }),
  orders: ({ first }) => Array.from({ length: first }, (_, id) => ({ id, total: id })),
});

const source = '{ order(id: 7) { total } orders(first: 3) { id } }';
const { data } = await graphql({ schema, source, rootValue });

await profiler.stop();
console.log(JSON.stringify(data));
console.log(`${profiler.getStats().requestsFinished} resolver calls profiled`);
