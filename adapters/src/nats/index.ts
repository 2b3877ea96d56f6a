export { createNatsPublisher, type NatsPublisher, type NatsPublisherOptions } from './publisher.ts';
export { brokerOf, brokerUrl } from './urls.ts';
