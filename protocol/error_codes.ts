/**
 * Iggy's numbered errors, shared by every client and both protocols: CLASSIC.md section 13.2 and
 * VSR.md section 7.5, with the HTTP statuses of HTTP.md section 1.3. A gap is a retired number and
 * is never given out again.
 *
 * @module
 */

/** Iggy's name of an error, as `StreamIdNotFound`; of a number nobody knows, `Error`. */
export function errorName(code: number): string {
  return BY_CODE.get(code)?.[1] ?? "Error";
}

/** The HTTP status that goes with an error; 400 where HTTP.md names no other. */
export function httpStatus(code: number): number {
  return BY_CODE.get(code)?.[2] ?? 400;
}

export const ERROR = 1;
export const INVALID_COMMAND = 3;
export const INVALID_FORMAT = 4;
export const FEATURE_UNAVAILABLE = 5;
export const INVALID_IDENTIFIER = 6;
export const INVALID_VERSION = 7;
export const DISCONNECTED = 8;
export const CANNOT_ESTABLISH_CONNECTION = 9;
export const RESOURCE_NOT_FOUND = 20;
export const STALE_CLIENT = 30;
export const UNAUTHENTICATED = 40;
export const UNAUTHORIZED = 41;
export const INVALID_CREDENTIALS = 42;
export const INVALID_USERNAME = 43;
export const INVALID_PASSWORD = 44;
export const INVALID_USER_STATUS = 45;
export const USER_ALREADY_EXISTS = 46;
export const USER_INACTIVE = 47;
export const CANNOT_DELETE_USER = 48;
export const CANNOT_CHANGE_PERMISSIONS = 49;
export const INVALID_PERSONAL_ACCESS_TOKEN_NAME = 50;
export const PERSONAL_ACCESS_TOKEN_ALREADY_EXISTS = 51;
export const PERSONAL_ACCESS_TOKENS_LIMIT_REACHED = 52;
export const INVALID_PERSONAL_ACCESS_TOKEN = 53;
export const PERSONAL_ACCESS_TOKEN_EXPIRED = 54;
export const USERS_LIMIT_REACHED = 55;
export const INVALID_PERSONAL_ACCESS_TOKEN_EXPIRY = 56;
export const TRANSIENT_NOT_COMMITTED = 57;
export const TRANSIENT_NOT_ACCEPTED = 58;
export const REQUEST_ALREADY_APPLIED = 59;
export const NOT_CONNECTED = 61;
export const ACCESS_TOKEN_MISSING = 77;
export const INVALID_SIZE_BYTES = 80;
export const INVALID_UTF8 = 81;
export const INVALID_NUMBER_ENCODING = 82;
export const CLIENT_NOT_FOUND = 100;
export const INVALID_CLIENT_ID = 101;
export const EMPTY_RESPONSE = 304;
export const STREAM_ID_NOT_FOUND = 1009;
export const STREAM_NAME_ALREADY_EXISTS = 1012;
export const INVALID_STREAM_NAME = 1013;
export const INVALID_STREAM_ID = 1014;
export const INVALID_TOPIC_SIZE = 1019;
export const TOO_MANY_STREAMS = 1020;
export const TOPIC_ID_NOT_FOUND = 2010;
export const TOPIC_NAME_ALREADY_EXISTS = 2013;
export const INVALID_TOPIC_NAME = 2014;
export const TOO_MANY_PARTITIONS = 2015;
export const INVALID_TOPIC_ID = 2016;
export const INVALID_REPLICATION_FACTOR = 2018;
export const INVALID_PARTITIONS_COUNT = 2019;
export const TOO_MANY_TOPICS = 2021;
export const PARTITION_NOT_FOUND = 3007;
export const TOPIC_FULL = 3009;
export const PARTITION_ID_SPACE_EXHAUSTED = 3013;
export const CONSUMER_OFFSET_NOT_FOUND = 3021;
export const NOT_RESOLVED_CONSUMER = 3022;
export const TOO_MANY_CONSUMER_OFFSETS = 3024;
export const SEGMENT_NOT_FOUND = 4000;
export const INVALID_MESSAGES_COUNT = 4009;
export const CANNOT_READ_MESSAGE = 4011;
export const TOO_BIG_USER_HEADERS = 4017;
export const INVALID_HEADER_KEY = 4018;
export const INVALID_HEADER_VALUE = 4019;
export const TOO_BIG_MESSAGE_PAYLOAD = 4022;
export const TOO_MANY_MESSAGES = 4023;
export const INVALID_MESSAGE_PAYLOAD_LENGTH = 4025;
export const INVALID_MESSAGE_CHECKSUM = 4027;
export const INVALID_KEY_VALUE_LENGTH = 4028;
export const NON_ZERO_OFFSET = 4031;
export const NON_ZERO_TIMESTAMP = 4032;
export const MISSING_INDEX = 4033;
export const INVALID_MESSAGES_SIZE = 4036;
export const INVALID_MESSAGE_TIMESTAMP_DELTA = 4038;
export const INVALID_BATCH_CHECKSUM = 4039;
export const INVALID_HEADER_KIND = 4040;
export const UNSUPPORTED_OPTION_KEY = 4041;
export const INVALID_OPTION_VALUE = 4042;
export const OPTIONS_BLOCK_TOO_LARGE = 4043;
export const INVALID_OFFSET = 4100;
export const INVALID_RESERVED_FIELD = 4101;
export const CONSUMER_GROUP_ID_NOT_FOUND = 5000;
export const INVALID_CONSUMER_GROUP_ID = 5002;
export const CONSUMER_GROUP_NAME_NOT_FOUND = 5003;
export const CONSUMER_GROUP_NAME_ALREADY_EXISTS = 5004;
export const INVALID_CONSUMER_GROUP_NAME = 5005;
export const CONSUMER_GROUP_MEMBER_NOT_FOUND = 5006;
export const CONSUMER_GROUP_PARTITION_NOT_OWNED = 5009;
export const SNAPSHOT_FILE_COMPLETION_FAILED = 9000;
export const CANNOT_READ_INDEX_POSITION = 10011;
export const TASK_TIMEOUT = 12001;
export const IO_ERROR = 13000;
export const INCOMPATIBLE_PROTOCOL_VERSION = 14003;

/** Every error: number, name, and the HTTP status where it is not 400. */
export const ERROR_CODES = [
  [1, "Error"],
  [2, "InvalidConfiguration"],
  [3, "InvalidCommand"],
  [4, "InvalidFormat"],
  [5, "FeatureUnavailable"],
  [6, "InvalidIdentifier"],
  [7, "InvalidVersion"],
  [8, "Disconnected"],
  [9, "CannotEstablishConnection", 503],
  [10, "CannotCreateBaseDirectory"],
  [11, "CannotCreateRuntimeDirectory"],
  [12, "CannotRemoveRuntimeDirectory"],
  [13, "CannotCreateStateDirectory"],
  [14, "StateFileNotFound"],
  [15, "StateFileCorrupted"],
  [16, "InvalidStateEntryChecksum"],
  [19, "CannotOpenDatabase"],
  [20, "ResourceNotFound", 404],
  [21, "CannotCloseWebSocketConnection"],
  [30, "StaleClient"],
  [31, "TcpError"],
  [32, "QuicError"],
  [33, "InvalidServerAddress"],
  [34, "InvalidClientAddress"],
  [35, "InvalidIpAddress"],
  [36, "HttpError"],
  [37, "InvalidApiUrl"],
  [40, "Unauthenticated", 401],
  [41, "Unauthorized", 403],
  [42, "InvalidCredentials"],
  [43, "InvalidUsername"],
  [44, "InvalidPassword"],
  [45, "InvalidUserStatus"],
  [46, "UserAlreadyExists"],
  [47, "UserInactive"],
  [48, "CannotDeleteUser"],
  [49, "CannotChangePermissions"],
  [50, "InvalidPersonalAccessTokenName"],
  [51, "PersonalAccessTokenAlreadyExists"],
  [52, "PersonalAccessTokensLimitReached"],
  [53, "InvalidPersonalAccessToken", 401],
  [54, "PersonalAccessTokenExpired"],
  [55, "UsersLimitReached"],
  [56, "InvalidPersonalAccessTokenExpiry"],
  [57, "TransientNotCommitted", 503],
  [58, "TransientNotAccepted", 503],
  [59, "RequestAlreadyApplied"],
  [61, "NotConnected"],
  [63, "ClientShutdown"],
  [64, "InvalidTlsDomain"],
  [65, "InvalidTlsCertificatePath"],
  [66, "InvalidTlsCertificate"],
  [67, "FailedToAddCertificate"],
  [70, "InvalidEncryptionKey"],
  [71, "CannotEncryptData"],
  [72, "CannotDecryptData"],
  [73, "InvalidJwtAlgorithm"],
  [74, "InvalidJwtSecret"],
  [75, "JwtMissing"],
  [76, "CannotGenerateJwt"],
  [77, "AccessTokenMissing", 401],
  [78, "InvalidAccessToken", 401],
  [79, "CannotFetchJwks"],
  [80, "InvalidSizeBytes"],
  [81, "InvalidUtf8"],
  [82, "InvalidNumberEncoding"],
  [83, "InvalidBooleanValue"],
  [84, "InvalidNumberValue"],
  [100, "ClientNotFound", 404],
  [101, "InvalidClientId"],
  [206, "ConnectionClosed"],
  [209, "CannotParseHeaderKind"],
  [300, "HttpResponseError"],
  [301, "InvalidHttpRequest"],
  [302, "InvalidJsonResponse"],
  [303, "InvalidBytesResponse"],
  [304, "EmptyResponse"],
  [305, "CannotCreateEndpoint"],
  [306, "CannotParseUrl"],
  [400, "WebSocketError"],
  [401, "WebSocketConnectionError"],
  [402, "WebSocketCloseError"],
  [403, "WebSocketReceiveError"],
  [404, "WebSocketSendError"],
  [1000, "CannotCreateStreamsDirectory"],
  [1001, "CannotCreateStreamDirectory"],
  [1002, "CannotCreateStreamInfo"],
  [1003, "CannotUpdateStreamInfo"],
  [1004, "CannotOpenStreamInfo"],
  [1005, "CannotReadStreamInfo"],
  [1006, "CannotCreateStream"],
  [1007, "CannotDeleteStream"],
  [1008, "CannotDeleteStreamDirectory"],
  [1009, "StreamIdNotFound", 404],
  [1010, "StreamNameNotFound", 404],
  [1011, "StreamDirectoryNotFound"],
  [1012, "StreamNameAlreadyExists"],
  [1013, "InvalidStreamName"],
  [1014, "InvalidStreamId"],
  [1015, "CannotReadStreams"],
  [1019, "InvalidTopicSize"],
  [1020, "TooManyStreams"],
  [2000, "CannotCreateTopicsDirectory"],
  [2001, "CannotCreateTopicDirectory"],
  [2002, "CannotCreateTopicInfo"],
  [2003, "CannotUpdateTopicInfo"],
  [2004, "CannotOpenTopicInfo"],
  [2005, "CannotReadTopicInfo"],
  [2006, "CannotCreateTopic"],
  [2007, "CannotDeleteTopic"],
  [2008, "CannotDeleteTopicDirectory"],
  [2009, "CannotPollTopic"],
  [2010, "TopicIdNotFound", 404],
  [2011, "TopicNameNotFound", 404],
  [2013, "TopicNameAlreadyExists"],
  [2014, "InvalidTopicName"],
  [2015, "TooManyPartitions"],
  [2016, "InvalidTopicId"],
  [2017, "CannotReadTopics"],
  [2018, "InvalidReplicationFactor"],
  [2019, "InvalidPartitionsCount"],
  [2020, "TopicDirectoryNotFound"],
  [2021, "TooManyTopics"],
  [3000, "CannotCreatePartition"],
  [3001, "CannotCreatePartitionsDirectory"],
  [3002, "CannotCreatePartitionDirectory"],
  [3003, "CannotOpenPartitionLogFile"],
  [3004, "CannotReadPartitions"],
  [3005, "CannotDeletePartition"],
  [3006, "CannotDeletePartitionDirectory"],
  [3007, "PartitionNotFound", 404],
  [3008, "NoPartitions"],
  [3009, "TopicFull"],
  [3010, "CannotDeleteConsumerOffsetsDirectory"],
  [3011, "CannotDeleteConsumerOffsetFile"],
  [3012, "CannotCreateConsumerOffsetsDirectory"],
  [3013, "PartitionIdSpaceExhausted"],
  [3020, "CannotReadConsumerOffsets"],
  [3021, "ConsumerOffsetNotFound", 404],
  [3022, "NotResolvedConsumer"],
  [3023, "CannotOpenConsumerOffsetsFile"],
  [3024, "TooManyConsumerOffsets"],
  [4000, "SegmentNotFound", 404],
  [4001, "SegmentClosed"],
  [4002, "InvalidSegmentSize"],
  [4003, "CannotCreateSegmentLogFile"],
  [4004, "CannotCreateSegmentIndexFile"],
  [4005, "CannotCreateSegmentTimeIndexFile"],
  [4006, "CannotSaveMessagesToSegment"],
  [4007, "CannotSaveIndexToSegment"],
  [4008, "CannotSaveTimeIndexToSegment"],
  [4009, "InvalidMessagesCount"],
  [4010, "CannotAppendMessage"],
  [4011, "CannotReadMessage"],
  [4012, "CannotReadMessageId"],
  [4013, "CannotReadMessageState"],
  [4014, "CannotReadMessageTimestamp"],
  [4015, "CannotReadHeadersLength"],
  [4016, "CannotReadHeadersPayload"],
  [4017, "TooBigUserHeaders"],
  [4018, "InvalidHeaderKey"],
  [4019, "InvalidHeaderValue"],
  [4020, "CannotReadMessageLength"],
  [4021, "CannotReadMessagePayload"],
  [4022, "TooBigMessagePayload"],
  [4023, "TooManyMessages"],
  [4024, "EmptyMessagePayload"],
  [4025, "InvalidMessagePayloadLength"],
  [4026, "CannotReadMessageChecksum"],
  [4027, "InvalidMessageChecksum"],
  [4028, "InvalidKeyValueLength"],
  [4029, "CommandLengthError"],
  [4030, "InvalidSegmentsCount"],
  [4031, "NonZeroOffset"],
  [4032, "NonZeroTimestamp"],
  [4033, "MissingIndex"],
  [4034, "InvalidIndexesByteSize"],
  [4035, "InvalidIndexesCount"],
  [4036, "InvalidMessagesSize"],
  [4037, "TooSmallMessage"],
  [4038, "InvalidMessageTimestampDelta"],
  [4039, "InvalidBatchChecksum"],
  [4040, "InvalidHeaderKind"],
  [4041, "UnsupportedOptionKey"],
  [4042, "InvalidOptionValue"],
  [4043, "OptionsBlockTooLarge"],
  [4050, "CannotSendMessagesDueToClientDisconnection"],
  [4051, "BackgroundSendError"],
  [4052, "BackgroundSendTimeout"],
  [4053, "BackgroundSendBufferFull"],
  [4054, "BackgroundWorkerDisconnected"],
  [4055, "BackgroundSendBufferOverflow"],
  [4056, "ProducerSendFailed"],
  [4057, "ProducerClosed"],
  [4100, "InvalidOffset"],
  [4101, "InvalidReservedField"],
  [4102, "SegmentSizeMismatchAtOpen"],
  [5000, "ConsumerGroupIdNotFound", 404],
  [5002, "InvalidConsumerGroupId"],
  [5003, "ConsumerGroupNameNotFound", 404],
  [5004, "ConsumerGroupNameAlreadyExists"],
  [5005, "InvalidConsumerGroupName"],
  [5006, "ConsumerGroupMemberNotFound", 404],
  [5007, "CannotCreateConsumerGroupInfo"],
  [5008, "CannotDeleteConsumerGroupInfo"],
  [5009, "ConsumerGroupPartitionNotOwned"],
  [6000, "MissingBaseOffsetRetainedMessageBatch"],
  [6001, "MissingLastOffsetDeltaRetainedMessageBatch"],
  [6002, "MissingMaxTimestampRetainedMessageBatch"],
  [6003, "MissingLengthRetainedMessageBatch"],
  [6004, "MissingPayloadRetainedMessageBatch"],
  [7000, "CannotReadBatchBaseOffset"],
  [7001, "CannotReadBatchLength"],
  [7002, "CannotReadLastOffsetDelta"],
  [7003, "CannotReadMaxTimestamp"],
  [7004, "CannotReadBatchPayload"],
  [8000, "InvalidConnectionString"],
  [9000, "SnapshotFileCompletionFailed"],
  [10000, "CannotSerializeResource"],
  [10001, "CannotDeserializeResource"],
  [10002, "CannotReadFile"],
  [10003, "CannotReadFileMetadata"],
  [10004, "CannotSeekFile"],
  [10005, "CannotAppendToFile"],
  [10006, "CannotWriteToFile"],
  [10007, "CannotOverwriteFile"],
  [10008, "CannotDeleteFile"],
  [10009, "CannotSyncFile"],
  [10010, "CannotReadIndexOffset"],
  [10011, "CannotReadIndexPosition"],
  [10012, "CannotReadIndexTimestamp"],
  [10013, "TimestampOutOfRange"],
  [11000, "ShardNotFound"],
  [11001, "ShardCommunicationError"],
  [12000, "CannotBindToSocket"],
  [12001, "TaskTimeout"],
  [13000, "IoError"],
  [14000, "AlreadyAuthenticated"],
  [14001, "InvalidSession"],
  [14003, "IncompatibleProtocolVersion"],
] as const;

const BY_CODE: ReadonlyMap<number, readonly [code: number, name: string, httpStatus?: number]> =
  new Map(ERROR_CODES.map((row) => [row[0], row]));
